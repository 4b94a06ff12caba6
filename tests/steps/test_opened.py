"""What tasks read of the opening: the seed, which follows from the data alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import frame_of

from hallmark.steps.opened import opened

if TYPE_CHECKING:
    from tests.conftest import Place


def test_another_version_on_the_same_data_draws_alike(small: Place) -> None:
    first = opened(small.context, small.open()).seed
    small.register("2", limits=("Another text.",))
    second = opened(small.context, small.open("two", version="2")).seed
    assert first == second
    assert 0 <= first < 2**31


def test_another_rulebook_draws_alike(small: Place) -> None:
    first = opened(small.context, small.open())
    small.publish_with_grace(11)
    second = opened(small.context, small.open("two"))
    assert first.profile.rulebook_sha256 != second.profile.rulebook_sha256
    assert first.seed == second.seed


def test_other_data_draw_otherwise(small: Place) -> None:
    first = opened(small.context, small.open(cohort="july")).seed
    small.register_cohort("august", frame=frame_of(seed=2))
    assert opened(small.context, small.open("two", cohort="august")).seed != first
