"""The chain of rulebooks: the root accepts the first, each accepts the next, and nothing else is accepted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.edges.key_file import KeyFile
from hallmark.errors import Tampered, Undecidable
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.envelope import seal
from hallmark.evidence.trust import RULEBOOK, Chain, Root, accept, read_root
from hallmark.policy.role import KeyUse, Roles
from hallmark.policy.rulebook import Rulebook
from hallmark.ports import Signer
from hallmark.steps.found import public_key, root_of

if TYPE_CHECKING:
    from tests.conftest import Place


class Publishers:
    """Makes chains in which every rulebook names who may publish the next."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.rules, self.folder, self.at = place.rules(), folder, place.clock.at

    def key(self, name: str) -> Signer:
        path = self.folder / name
        return KeyFile.load(path) if path.exists() else KeyFile.create(path)

    def root(self, name: str = "a") -> Root:
        return read_root(root_of("log", self.key(name), demo=True))

    def envelope(
        self, number: int, previous: bytes | None, signed: str, names: Iterable[str], **changes: object
    ) -> bytes:
        keys = tuple(public_key(KeyUse.PUBLISHER, self.key(name)) for name in names)
        rulebook = Rulebook(
            number=number,
            previous=digest(previous) if previous else None,
            issued_at=self.at + timedelta(days=number),
            rules=replace(self.rules, roles=Roles(people=(), keys=keys)),
        )
        return seal(encode(replace(rulebook, **changes)), RULEBOOK, self.key(signed))  # type: ignore[arg-type]


@pytest.fixture
def make(small_world: Place, tmp_path: Path) -> Publishers:
    return Publishers(small_world, tmp_path)


def test_keys_may_rotate(make: Publishers) -> None:
    one = make.envelope(1, None, "a", ["b"])
    two = make.envelope(2, one, "b", ["c"])
    three = make.envelope(3, two, "c", ["a"])
    chain = accept(make.root(), [one, two, three])
    assert [accepted.rulebook.number for accepted in chain.accepted] == [1, 2, 3]
    assert [accepted.sha256 for accepted in chain.accepted] == [digest(one), digest(two), digest(three)]


def test_a_retired_key_publishes_nothing_any_more(make: Publishers) -> None:
    one = make.envelope(1, None, "a", ["b"])
    with pytest.raises(Tampered, match="not trusted"):
        accept(make.root(), [one, make.envelope(2, one, "a", ["a"])])


def test_a_rulebook_does_not_vouch_for_itself(make: Publishers) -> None:
    one = make.envelope(1, None, "a", ["a"])
    with pytest.raises(Tampered, match="not trusted"):
        accept(make.root(), [one, make.envelope(2, one, "z", ["z"])])
    with pytest.raises(Tampered, match="not trusted"):
        accept(make.root(), [make.envelope(1, None, "z", ["z"])])


def test_a_key_for_another_use_is_no_publisher(make: Publishers) -> None:
    one = make.envelope(1, None, "a", ["a"])
    root = make.root()
    workers = tuple(replace(key, use=KeyUse.WORKER) for key in root.publishers)
    with pytest.raises(Tampered, match="not trusted"):
        accept(replace(root, publishers=workers), [one])


@pytest.mark.parametrize(
    "case", ["number", "gap", "predecessor", "no-predecessor", "first-with-predecessor", "backwards"]
)
def test_what_does_not_follow_is_refused(make: Publishers, case: str) -> None:
    one = make.envelope(1, None, "a", ["a"])
    wrong = {
        "number": lambda: [one, make.envelope(1, one, "a", ["a"])],
        "gap": lambda: [one, make.envelope(3, one, "a", ["a"])],
        "predecessor": lambda: [one, make.envelope(2, b"another", "a", ["a"])],
        "no-predecessor": lambda: [one, make.envelope(2, None, "a", ["a"])],
        "first-with-predecessor": lambda: [make.envelope(1, b"another", "a", ["a"])],
        "backwards": lambda: [one, make.envelope(2, one, "a", ["a"], issued_at=make.at)],
    }[case]()
    with pytest.raises(Tampered):
        accept(make.root(), wrong)


def test_an_envelope_of_another_type_is_no_rulebook(make: Publishers, small_world: Place) -> None:
    rulebook = Rulebook(number=1, previous=None, issued_at=make.at, rules=make.rules)
    with pytest.raises(Tampered, match="expected was"):
        accept(make.root(), [seal(encode(rulebook), "application/vnd.in-toto+json", make.key("a"))])


def test_an_empty_chain_trusts_nobody(make: Publishers) -> None:
    chain = accept(make.root(), [])
    assert chain == Chain(root=make.root(), accepted=())
    assert all(chain.keys(use) == {} for use in KeyUse)
    with pytest.raises(Undecidable, match="publish"):
        _ = chain.latest


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_number_outside_the_chain_is_wrong(make: Publishers, number: int) -> None:
    chain = accept(make.root(), [make.envelope(1, None, "a", ["a"])])
    assert chain.number(1) is chain.latest
    with pytest.raises(Tampered):
        chain.number(number)


def test_a_root_of_another_format_cannot_be_told(make: Publishers) -> None:
    with pytest.raises(Undecidable, match="format"):
        read_root(encode(replace(make.root(), format="hallmark-root-v2")))


@pytest.mark.parametrize("change", [{"demo": "yes"}, {"extra": 1}, {"publishers": None}])
def test_a_root_of_another_form_is_wrong(make: Publishers, change: dict[str, object]) -> None:
    with pytest.raises(Tampered):
        read_root(encode(json.loads(encode(make.root())) | change))


def test_every_use_has_keys_of_its_own(small_world: Place) -> None:
    chain = small_world.context.chain()
    ids = [key for use in KeyUse for key in chain.keys(use)]
    assert len(ids) == len(set(ids)) == len(KeyUse)
