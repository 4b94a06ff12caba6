"""Small cells: whoever has all counts that are told, and all totals, still cannot say what a hidden one is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from hallmark.assess.fairness.cube import Tally
from hallmark.assess.fairness.suppression import COUNTED, hidden

# Favoured and not, of those who earned it, did not, and have no label.
SUMS: Mapping[str, tuple[int, ...]] = {
    "rows": (1, 1, 1, 1, 1, 1),
    "favourable": (1, 0, 1, 0, 1, 0),
    "earned": (1, 1, 0, 0, 0, 0),
    "unearned": (0, 0, 1, 1, 0, 0),
    "favourable_earned": (1, 0, 0, 0, 0, 0),
    "favourable_unearned": (0, 0, 1, 0, 0, 0),
}
FOLLOWING: Mapping[str, tuple[int, ...]] = {
    "denied": (0, 1, 0, 1, 0, 1),
    "without a label": (0, 0, 0, 0, 1, 1),
    "denied and earned": (0, 1, 0, 0, 0, 0),
    "denied and unearned": (0, 0, 0, 1, 0, 0),
    "favoured without a label": (0, 0, 0, 0, 1, 0),
    "denied without a label": (0, 0, 0, 0, 0, 1),
}
Table = list[list[int]]


def tally(cells: Sequence[int]) -> Tally:
    counts = {name: int(np.dot(of, cells)) for name, of in SUMS.items()}
    return Tally(**counts, positives=0, scores=0, positive_scores=0, squared_scores=0)


class Attacker:
    """Knows every told count, every total over groups, and which of the hidden counts are said to be few."""

    def __init__(self, table: Table, smallest: int) -> None:
        self.width = 6 * len(table)
        self.out = hidden([tally(cells) for cells in table], smallest)
        constraints = [LinearConstraint(np.tile(np.eye(6), len(table)), *2 * [np.sum(table, axis=0)])]
        for row, cells in enumerate(table):
            for name, of in SUMS.items():
                count = int(np.dot(of, cells))
                limits: tuple[float, float] = (count, count) if name not in self.out[row] else (0, smallest - 1)
                limits = (smallest, np.inf) if name in self.out[row] and count >= smallest else limits
                constraints.append(LinearConstraint(self.sum(row, of), *limits))
        self.constraints = constraints

    def sum(self, row: int, of: Sequence[int]) -> list[float]:
        whole = np.zeros(self.width)
        whole[6 * row : 6 * row + 6] = of
        return list(whole)

    def values(self, row: int, of: Sequence[int]) -> tuple[int, int]:
        """The least and the most that a count may be: a mixed integer programme, solved exactly."""
        found = []
        for sign in (1, -1):
            aim = sign * np.array(self.sum(row, of))
            solved = milp(aim, integrality=np.ones(self.width), bounds=Bounds(0, np.inf), constraints=self.constraints)
            assert solved.success, solved.message
            found.append(round(float(sign * solved.fun)))
        return found[0], found[1]


CELL = st.one_of(st.integers(0, 12), st.integers(13, 400))
TABLES = st.integers(2, 4).flatmap(
    lambda groups: st.lists(st.lists(CELL, min_size=6, max_size=6), min_size=groups, max_size=groups)
)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([2, 3, 5, 10]))
@example([[2, 1, 0, 0, 0, 0], [90, 40, 20, 70, 0, 0]], 5)
@example([[2, 1, 0, 0, 0, 0], [90, 40, 20, 70, 0, 0], [0] * 6, [0] * 6], 5)
@example([[30, 3, 50, 40, 0, 0], [90, 40, 20, 70, 0, 0], [60, 40, 4, 70, 0, 0]], 5)
@example([[1, 9, 9, 9, 0, 0], [9, 1, 9, 9, 0, 0]], 2)
def test_no_hidden_count_and_no_small_one_follows_from_all_that_is_told(table: Table, smallest: int) -> None:
    attacker = Attacker(table, smallest)
    nothing = all(out == set(COUNTED) for out in attacker.out)
    for row, cells in enumerate(table):
        for name, of in (*SUMS.items(), *FOLLOWING.items()):
            if name in attacker.out[row] or 0 < np.dot(of, cells) < smallest:
                least, most = attacker.values(row, of)
                # Of a table that tells nothing the totals may settle a cell all the same.
                assert least < most or nothing, (name, cells, attacker.out)


@settings(max_examples=100, deadline=None)
@given(TABLES, st.sampled_from([2, 3, 5, 10]))
def test_every_count_that_is_told_is_none_or_at_least_the_smallest(table: Table, smallest: int) -> None:
    for cells, out in zip(table, hidden([tally(one) for one in table], smallest), strict=True):
        counts = {name: int(np.dot(of, cells)) for name, of in SUMS.items()}
        assert all(not 0 < count < smallest for name, count in counts.items() if name not in out)


@given(TABLES)
def test_tables_without_small_cells_and_policies_that_tell_all_lose_nothing(table: Table) -> None:
    assert not any(hidden([tally(one) for one in table], 1))
    large = [[0 if cell < 5 else cell for cell in cells] for cells in table]
    assert not any(hidden([tally(one) for one in large], 5))


@pytest.mark.parametrize(
    ("name", "table", "out"),
    [
        (
            "one small cell",
            [[400, 90, 60, 200, 0, 0], [50, 30, 3, 40, 0, 0], [80, 10, 70, 60, 0, 0]],
            [set(), {"favourable_earned", "favourable_unearned"}, {"favourable_earned", "favourable_unearned"}],
        ),
        (
            "a group of three",
            [[400, 90, 60, 200, 0, 0], [2, 1, 0, 0, 0, 0], [80, 10, 70, 60, 0, 0]],
            [set(), {"rows", "favourable", "earned", "favourable_earned"}, {"rows", "favourable", "earned"}],
        ),
    ],
)
def test_few_counts_go_beside_the_small_ones_and_they_are_those_of_a_small_group(
    name: str, table: Table, out: list[set[str]]
) -> None:
    found = hidden([tally(one) for one in table], 5)
    assert found[0] == out[0] and all(one >= other for one, other in zip(found, out, strict=True))
