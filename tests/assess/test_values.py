"""Values of one column: however they are spelt and whatever the column is called, they are the same values."""

import numpy as np
import pytest
from tests.assess.conftest import NAMES, Opened, frame_of, manifest_of

from hallmark.assess.values import sorted_scores, sorted_values, value_counts


@pytest.mark.parametrize("name", NAMES)
def test_hostile_and_colliding_names_are_only_names(opened: Opened, name: str) -> None:
    plain = opened(frame_of())
    renamed = frame_of().rename(columns={"region": name})
    data = opened(renamed, manifest_of(features=("income", name)))
    assert value_counts(data, name) == value_counts(plain, "region")
    numbers = opened(renamed.rename(columns={name: "region", "income": name}), manifest_of(features=(name, "region")))
    assert np.array_equal(sorted_values(numbers, name), sorted_values(plain, "income"))


def test_whole_numbers_are_spelt_alike_beside_nulls(opened: Opened) -> None:
    data = opened(frame_of(4).assign(region=[1.0, 2.0, 2.0, np.nan]))
    assert value_counts(data, "region") == {"1": 1, "2": 2}


def test_threads_and_memory_change_nothing(opened: Opened) -> None:
    frame = frame_of(60_000)
    one, two = opened(frame, threads=1), opened(frame, threads=2, memory="100MB")
    assert value_counts(one, "region") == value_counts(two, "region")
    assert np.array_equal(sorted_values(one, "income"), sorted_values(two, "income"))
    assert np.array_equal(sorted_scores(one), sorted_scores(two))
