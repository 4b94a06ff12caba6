"""Which word takes the place of which, and which refusal stands: held against both rules as they are written."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hallmark.evidence.words import Word, in_place_of, is_older, standing_refusal

DAY = date(2026, 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Word, ...]:
    """Cases of one version, opened and decided in any order; the words stand in the order of their decisions."""
    count = draw(st.integers(min_value=1, max_value=6))
    openings = draw(st.permutations(range(count)))
    return tuple(
        Word(
            case=f"{place}",
            cohort=f"{place}",
            opened=openings[place],
            decided=count + place,
            decision=draw(st.sampled_from(["certified", "conditional", "refused"])),
            day=draw(st.none() | st.integers(0, 4).map(lambda days: DAY + timedelta(days=days))),
        )
        for place in range(count)
    )


@given(words=histories())
def test_the_word_in_ones_place_is_the_last_that_may_take_it(words: tuple[Word, ...]) -> None:
    for own in words:
        later = [one for one in words if one.opened > own.opened]
        refusals = [one for one in words if one.decision == "refused" and one.decided > own.decided]
        wanted = max((*later, *refusals), key=lambda one: one.decided, default=None)
        assert in_place_of(words, own.opened, own.decided) == wanted


@given(words=histories())
def test_at_most_one_usable_word_has_nothing_against_it(words: tuple[Word, ...]) -> None:
    free = [one for one in words if not one.refused and in_place_of(words, one.opened, one.decided) is None]
    assert len(free) <= 1


@given(words=histories())
def test_a_refusal_stands_until_a_later_case_on_data_as_new_is_usable(words: tuple[Word, ...]) -> None:
    refusal = standing_refusal(words)
    refused = [one for one in words if one.refused]
    if refusal is None:
        return _all_lifted(words, refused)
    assert refusal.refused
    for one in words:
        if not one.refused and one.opened > refusal.opened and one.decided > refusal.decided:
            assert is_older(one.day, refusal)
    return None


def _all_lifted(words: tuple[Word, ...], refused: list[Word]) -> None:
    for refusal in refused:
        after = [one for one in words if one.opened > refusal.opened and one.decided > refusal.decided]
        assert any(not one.refused and not is_older(one.day, refusal) for one in after)


@given(words=histories())
def test_certifying_on_older_data_changes_nothing_about_the_refusal_that_stands(words: tuple[Word, ...]) -> None:
    refusal = standing_refusal(words)
    if refusal is None or refusal.day is None:
        return
    last = max(max(one.opened, one.decided) for one in words)
    again = Word(
        case="again",
        cohort="again",
        opened=last + 1,
        decided=last + 2,
        decision="certified",
        day=refusal.day - timedelta(days=1),
    )
    assert standing_refusal((*words, again)) == refusal


def test_what_is_not_known_never_helps() -> None:
    refusal = Word(case="a", cohort="a", opened=0, decided=1, decision="refused", day=None)
    usable = Word(case="b", cohort="b", opened=2, decided=3, decision="certified", day=date.max - timedelta(days=1))
    assert standing_refusal((refusal, usable)) == refusal
    known = Word(case="a", cohort="a", opened=0, decided=1, decision="refused", day=DAY)
    unknown = Word(case="b", cohort="b", opened=2, decided=3, decision="certified", day=None)
    assert standing_refusal((known, unknown)) == known
    assert is_older(None, known) and not is_older(None, None) and not is_older(DAY, known)
