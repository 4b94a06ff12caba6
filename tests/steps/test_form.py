"""What a reviewer typed: what becomes a review, and the sentence for what does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import TASKS, Place

from hallmark.errors import BadInput
from hallmark.evidence.canonical import digest
from hallmark.steps.form import filled
from hallmark.steps.review import Referred, referred
from hallmark.verdict.review import Answer, Fallback

FIELDS: dict[str, object] = {
    "rationale": "Known and small.",
    "conditions": "2026-12-24 Measure drift again\n\n 2027-01-31   Re-fit ",
    "fallback": "rule-based",
    "evidence": "",
    "minutes": 20,
}


@pytest.fixture(scope="module")
def case(small_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Referred:
    place = small_world.copy(tmp_path_factory.mktemp("form") / "home")
    certification = place.certify(tasks=tuple(task for task in TASKS if task != "drift"))
    return referred(place.context, certification.case)


AT = datetime(2026, 11, 24, 13, tzinfo=UTC)


def test_a_whole_form_becomes_a_review(case: Referred) -> None:
    review, evidence = filled(case, "ann", 1, "conditional", FIELDS, AT)
    assert (review.answer, review.fallback, review.minutes, evidence) == (
        Answer.CONDITIONAL,
        Fallback.RULE_BASED,
        20,
        None,
    )
    assert [(one.action, one.due.isoformat(), one.owner) for one in review.conditions] == [
        ("Measure drift again", "2026-12-25T00:00:00+00:00", "the-owner"),
        ("Re-fit", "2027-02-01T00:00:00+00:00", "the-owner"),
    ]


def test_evidence_is_named_by_its_digest(case: Referred) -> None:
    review, evidence = filled(case, "ann", 1, "conditional", FIELDS | {"evidence": "https://example.org/a\r\nb"}, AT)
    assert evidence == b"https://example.org/a\nb"
    assert review.evidence_sha256 == digest(evidence)


@pytest.mark.parametrize(
    ("case_", "chosen", "changes", "says"),
    [
        ("no decision", "", {}, "decision: '' is none of conditional, refuse"),
        ("certified", "certified", {}, "decision: 'certified' is none of"),
        ("no rationale", "conditional", {"rationale": None}, "rationale: is empty"),
        ("no fallback", "conditional", {"fallback": ""}, "fallback: '' is none of"),
        ("no condition", "conditional", {"conditions": "\n"}, "at least one with a due date"),
        ("no date", "conditional", {"conditions": "soon: re-fit"}, "does not begin with a date"),
        ("no action", "conditional", {"conditions": "2026-12-24"}, "condition 1: is empty"),
        ("yesterday", "conditional", {"conditions": "2026-11-22 re-fit"}, "is not after the answer"),
        ("no such day", "conditional", {"conditions": "2026-02-30 re-fit"}, "does not begin with a date"),
        ("the end of time", "conditional", {"conditions": "9999-12-31 re-fit"}, "is the last day that a date can be"),
        ("half a character", "conditional", {"evidence": "see \ud800"}, "evidence: holds half a character at 5"),
        ("half a word", "conditional", {"rationale": "\udcff"}, "rationale: holds half a character"),
        ("half an action", "conditional", {"conditions": "2026-12-24 \ud83d"}, "conditions: holds half a character"),
        ("refusal with one", "refuse", {}, "a refusal has none"),
        ("no minutes", "conditional", {"minutes": None}, "minutes: 'None' is no whole number"),
        ("yes minutes", "conditional", {"minutes": True}, "minutes: 'True' is no whole number"),
        ("a list", "conditional", {"rationale": ["x"]}, "rationale: is no text"),
        ("a book", "conditional", {"evidence": "x" * 70_000}, "evidence: 70,000 bytes"),
        ("an escape", "conditional", {"rationale": "\x1b[1mfine"}, "control characters"),
    ],
)
def test_what_is_no_answer_is_said_in_one_sentence(
    case: Referred, case_: str, chosen: str, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=r"^[^\n]+$") as raised:
        filled(case, "ann", 1, chosen, FIELDS | changes, AT)
    assert says in str(raised.value)


@given(
    chosen=st.text(max_size=12),
    fields=st.dictionaries(
        st.sampled_from(list(FIELDS)),
        st.one_of(
            st.none(), st.integers(), st.text(st.characters(codec=None), max_size=60), st.lists(st.text(max_size=3))
        ),
    ),
)
def test_whatever_is_sent_is_a_review_or_a_sentence(case: Referred, chosen: str, fields: dict[str, object]) -> None:
    try:
        review, _ = filled(case, "ann", 1, chosen, fields, AT)
    except BadInput:
        return
    assert review.at == AT and review.rationale.strip()
    assert all(one.due > AT - timedelta() for one in review.conditions)
