"""The attacks of `make break`: every one on the store is refused as it says, and one that is not fails the command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import Tampered

if TYPE_CHECKING:
    from tests.conftest import Place

Script = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def place(script: Script, decided: "Place") -> Any:
    """The card example as attacks see it; they get copies of it."""
    built = decided.home.root.parent / "built"
    return script("attacks.place").Place(home=decided.home, context=decided.context, built=built, case=decided.case)


@pytest.fixture(scope="module")
def waiting(script: Script, place: Any) -> Iterator[Any]:
    """The same case before it was decided, without its drift: referred, and people are asked."""
    with place.lent() as copy:
        copy.path(copy.pack()).unlink()
        copy.rewrite(copy.entries()[:-1])
        copy.home.ledger.unlink()  # filled again from the ledger of the store
        script("attacks.people").refer(copy)
        yield copy


def said(script: Script, group: Any) -> list[tuple[str, str]]:
    results = script("attacks.attack")
    found = list(results.play(group))
    assert len(found) == 1 + len(group.attacks)
    assert found[0].result is results.Result.CONTROL, found[0].line
    return [(one.result.name, one.line) for one in found[1:] if one.result is not results.Result.REFUSED]


def test_every_attack_on_what_is_kept_and_on_the_rules_is_refused(script: Script, place: Any, decided: "Place") -> None:
    before = decided.snapshot()
    assert said(script, script("attacks.table").at_rest(place)) == []
    assert decided.snapshot() == before


def test_every_attack_on_a_review_is_refused(script: Script, waiting: Any) -> None:
    assert said(script, script("attacks.table").reviewed(waiting)) == []


def one_attack(script: Script, act: Callable[[Any], Any], refused_by: str = "verify 2: ") -> Any:
    attack = script("attacks.attack")

    @contextmanager
    def lend() -> Iterator[None]:
        yield None

    only = attack.Attack(does="do something", refused_by=refused_by, act=act)
    return attack.Group(path="the path", lend=lend, control=lambda _: answer(script, True), attacks=(only,))


def answer(script: Script, usable: bool) -> Any:
    return script("attacks.attack").Answer(usable=usable, by="verify 2", says="A sentence.")


def stopped(_: Any) -> Any:
    raise Tampered("It broke on the way.")


def printed(script: Script, group: Any, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = script("break_it").shown(script("attacks.attack").play(group))
    return code, capsys.readouterr().out.splitlines()


def test_a_refusal_is_one_line_and_exit_0(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    group = one_attack(script, lambda _: answer(script, False))
    lines = ["usable   the path: A sentence.", "refused  do something: A sentence.", "refused 1 of 1"]
    assert printed(script, group, capsys) == (0, lines)


def test_an_attack_that_does_nothing_gets_through_and_fails(
    script: Script, place: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    group = script("attacks.table").at_rest(place)
    first = replace(group.attacks[0], act=script("attacks.place").Place.verify)
    code, lines = printed(script, replace(group, attacks=(first,)), capsys)
    assert code == 1
    assert lines[1].startswith("GOT THROUGH flip a bit of the pack: conditional until ")
    assert lines[-1] == "refused 0 of 1"


@pytest.mark.parametrize("case", ["another-sentence", "stopped-on-the-way"])
def test_a_refusal_for_another_reason_is_no_proof(
    script: Script, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    act = stopped if case == "stopped-on-the-way" else lambda _: answer(script, False)
    code, lines = printed(script, one_attack(script, act, "verify 7: Decided again"), capsys)
    assert code == 1
    assert lines[1].startswith("REFUSED OTHERWISE do something: ")
    assert lines[-1] == "refused 0 of 1"


def test_a_control_that_cannot_be_used_fails(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    group = replace(one_attack(script, lambda _: answer(script, False)), control=lambda _: answer(script, False))
    code, lines = printed(script, group, capsys)
    assert (code, lines[0]) == (1, "PROVES NOTHING the path: A sentence.")


def test_no_attack_at_all_is_no_success(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    assert script("break_it").shown(iter(())) == 1
    assert capsys.readouterr().out == "refused 0 of 0\n"


def every(script: Script) -> list[Any]:
    rooms = ("kept", "rules", "scored", "people", "anew", "scheduled")
    return [one for room in rooms for one in getattr(script(f"attacks.{room}"), room.upper())]


def test_each_attack_is_told_apart_and_stands_in_the_document(script: Script) -> None:
    names = [attack.does for attack in every(script)]
    assert len(names) == len(set(names)) >= 22
    page = (script("shipped").ROOT / "docs" / "break.md").read_text("utf-8")
    assert [name for name in names if f"| {name} |" not in page] == []
