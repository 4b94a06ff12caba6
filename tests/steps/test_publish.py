"""Publishing: what changed becomes the next number, what did not publishes nothing, what is wrong leaves no trace."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.cli.rulebook import keys, publish_current
from hallmark.edges.key_file import KeyFile
from hallmark.errors import BadInput, HallmarkError
from hallmark.evidence.canonical import digest
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.places import blob_key
from hallmark.policy.control import Bound
from hallmark.policy.role import KeyUse
from hallmark.policy.rulebook import Rules
from hallmark.steps.publish import assessors_digest, drafted, publish

if TYPE_CHECKING:
    from tests.conftest import Place

REPO = Path(__file__).parents[2]


def suites(place: Place) -> dict[str, bytes]:
    return {suite.name: place.store.get(blob_key(suite.sha256)) for suite in place.rules().suites}


def numbers(place: Place) -> list[int]:
    return [entry.rulebook for entry in place.entries() if entry.kind is EntryKind.RULEBOOK]


def loosened(rules: Rules) -> Rules:
    policy = rules.policies[0]
    controls = tuple(
        replace(one, require=Bound(at_least=0.5)) if one.measure == "performance.auc" else one
        for one in policy.controls
    )
    return replace(rules, policies=(replace(policy, controls=controls),))


def test_equal_rules_publish_nothing(small: Place) -> None:
    before = small.snapshot()
    small.clock.forward(days=1)
    small.publish(small.rules())
    assert small.snapshot() == before


def test_a_changed_bound_publishes_the_next_number_that_chains(small: Place) -> None:
    first = small.context.chain().latest
    small.publish(loosened(small.rules()))
    chain = small.context.chain()
    assert [accepted.rulebook.number for accepted in chain.accepted] == [1, 2]
    assert chain.latest.rulebook.previous == first.sha256
    assert numbers(small) == [1, 2]


def test_going_back_is_a_new_number(small: Place) -> None:
    before = small.rules()
    small.publish(loosened(before))
    small.publish(before)
    assert numbers(small) == [1, 2, 3]
    assert small.rules() == before


def test_a_rulebook_that_missed_the_ledger_is_entered_next_time(small: Place) -> None:
    class Killed(Exception):
        pass

    class Dying:
        def append(self, entry: bytes) -> int:
            raise Killed

        def entries(self) -> tuple[bytes, ...]:
            raise Killed

    changed = loosened(small.rules())
    with pytest.raises(Killed):
        publish(small.again(sequencer=Dying()), changed, suites(small))
    assert numbers(small) == [1]
    small.publish(changed)
    assert numbers(small) == [1, 2]


def test_a_publisher_that_the_rulebook_does_not_name_spoils_nothing(small: Place, tmp_path: Path) -> None:
    stranger = KeyFile.create(tmp_path / "stranger")
    signer = small.context.signer
    other = small.again(signer=lambda use: stranger if use is KeyUse.PUBLISHER else signer(use))
    before = small.snapshot()
    with pytest.raises(HallmarkError):
        publish(other, loosened(small.rules()), suites(small))
    assert small.snapshot() == before
    assert small.context.chain().latest.rulebook.number == 1


def test_a_clock_that_was_set_back_spoils_nothing(small: Place) -> None:
    small.clock.forward(days=-1)
    with pytest.raises(HallmarkError):
        small.publish(loosened(small.rules()))
    assert small.context.chain().latest.rulebook.number == 1


@pytest.mark.parametrize("use", list(KeyUse))
def test_a_rulebook_without_a_key_for_every_use_is_refused(small: Place, use: KeyUse) -> None:
    rules = small.rules()
    left = tuple(key for key in rules.roles.keys if key.use is not use)
    with pytest.raises(HallmarkError):
        small.publish(replace(rules, roles=replace(rules.roles, keys=left)))
    assert numbers(small) == [1]


def test_a_suite_without_its_bytes_is_refused(small: Place) -> None:
    rules = small.rules()
    unknown = replace(rules.suites[0], sha256=digest(b"nobody has it"))
    with pytest.raises(HallmarkError):
        publish(small.context, replace(rules, suites=(unknown,)), {})
    assert numbers(small) == [1]


def test_a_lint_problem_publishes_nothing(small: Place) -> None:
    rules = small.rules()
    policy = rules.policies[0]
    wrong = replace(policy.controls[0], measure="performance.nonsense")
    with pytest.raises(HallmarkError):
        small.publish(replace(rules, policies=(replace(policy, controls=(wrong,)),)))
    assert numbers(small) == [1]


# From the folders of a clone


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("policies", "expectations"):
        shutil.copytree(REPO / name, tmp_path / "clone" / name)
    shutil.copy(REPO / "requirements.txt", tmp_path / "clone")
    return tmp_path / "clone"


def test_the_shipped_rules_publish_once(small: Place, clone: Path) -> None:
    published = publish_current(small.context, clone)
    assert published is not None
    assert published.rulebook.number == 2
    assert publish_current(small.context, clone) is None
    for suite in published.rulebook.rules.suites:
        assert digest(small.store.get(blob_key(suite.sha256))) == suite.sha256


def test_a_changed_file_of_the_clone_publishes(small: Place, clone: Path) -> None:
    publish_current(small.context, clone)
    path = clone / "policies/catalog/fair_lending.yaml"
    path.write_text(path.read_text().replace("between: [0.80, 1.25]", "between: [0.75, 1.34]", 1))
    published = publish_current(small.context, clone)
    assert published is not None
    assert published.rulebook.number == 3


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("between: [0.80, 1.25]", "at_least: 0.80", "fair-lending/FL-1"),
        ("between: [0.80, 1.25]", "betwen: [0.80, 1.25]", "betwen"),
        ("policy: fair-lending", "policy: [", "fair_lending.yaml"),
    ],
)
def test_what_is_wrong_in_the_clone_is_named_and_leaves_no_trace(
    small: Place, clone: Path, old: str, new: str, says: str
) -> None:
    path = clone / "policies/catalog/fair_lending.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    before = small.snapshot()
    with pytest.raises(BadInput, match=says.replace(".", r"\.")):
        publish_current(small.context, clone)
    assert small.snapshot() == before


def test_a_file_that_is_no_text_is_named(small: Place, clone: Path) -> None:
    (clone / "policies/catalog/fair_lending.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"fair_lending\.yaml"):
        drafted(clone, keys(small.context))


@pytest.mark.parametrize(
    "name", ["catalog/own.yml", "catalog/own.YAML", "catalog/own.yaml~", "catalog/own", "catalog/eu/own.yaml", ".own"]
)
def test_no_file_is_left_out_in_silence(small: Place, clone: Path, name: str) -> None:
    path = clone / "policies" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\xff")
    if path.suffix == ".yaml":
        shutil.copy(clone / "policies/catalog/fair_lending.yaml", path)
    with pytest.raises(BadInput, match=f"policies/{name}: is no file of a rulebook; move it into catalog/ or clauses/"):
        publish_current(small.context, clone)
    assert numbers(small) == [1]


def test_a_link_to_a_folder_of_policies_is_refused(small: Place, clone: Path) -> None:
    (clone / "policies/catalog/more").symlink_to(clone / "policies/clauses")
    with pytest.raises(BadInput, match="policies/catalog/more: is no file of a rulebook"):
        publish_current(small.context, clone)


def test_a_policy_that_is_over_is_not_published(small: Place) -> None:
    policy = small.rules().policies[0]
    over = replace(policy, effective=replace(policy.effective, until=small.clock.at.date() - timedelta(days=1)))
    with pytest.raises(BadInput, match="ended on 2026-11-23 and asks nothing any more"):
        small.publish(replace(small.rules(), policies=(over,)))


def test_the_digest_of_the_assessors_follows_the_lock(clone: Path) -> None:
    before = assessors_digest(clone)
    assert before == assessors_digest(clone)
    (clone / "requirements.txt").write_text("one-more==1\n")
    assert assessors_digest(clone) != before


def test_time_may_stand_still_between_two_rulebooks(small: Place) -> None:
    small.publish(loosened(small.rules()))
    small.publish_with_grace(1)
    assert numbers(small) == [1, 2, 3]
