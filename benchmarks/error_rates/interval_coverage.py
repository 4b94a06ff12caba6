"""How often the 95 % limits of each interval method hold the truth."""

from dataclasses import dataclass

import numpy as np
from error_rates.classes_measured import OF_CLASSES
from error_rates.methods import METHODS, Method
from error_rates.page import error, section, share, table, wrapped

EVERY = (*METHODS, *OF_CLASSES)
NOMINAL, MATTERS = 95.0, 2.0
"""Per cent; a cell whose coverage lies further below, beyond the error of the simulation, is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Of `draws` samples of n rows: how many intervals held the truth, and how many samples gave none."""

    n: int
    draws: int
    covered: int
    none: int

    @property
    def low(self) -> bool:
        """Whether those intervals that there are hold the truth too seldom for chance."""
        made = self.draws - self.none
        return made > 0 and 100 * self.covered / made + error(self.covered, made) < NOMINAL - MATTERS

    def __str__(self) -> str:
        return f"n = {self.n:,}: {share(self.covered, self.draws)}" + (f" ({self.none} none)" if self.none else "")


def interval_coverage(draws: int, seed: int) -> str:
    """The section."""
    text = (
        f"{draws} draws a cell; nominal 95 %. n as given in each cell; a sample from which no interval can be made "
        "(nothing to compare, one class, a class without a row) counts as not covered and stands in brackets. Above 95 "
        "is conservative."
    )
    head = ["function", "case", "small, %", "middle, %", "large, %"]
    found = [[cell(one, n, draws, [seed, place, n]) for n in one.sizes] for place, one in enumerate(EVERY)]
    rows = [[f"`{one.name}`", one.case, *cells] for one, cells in zip(EVERY, found, strict=True)]
    return section("Coverage of the intervals", text, table(head, rows), wrapped(too_narrow(found)))


def cell(method: Method, n: int, draws: int, seed: list[int]) -> Cell:
    """One cell of the table, with a generator of its own."""
    rng, covered, none = np.random.default_rng(seed), 0, 0
    for _ in range(draws):
        found = method.draw(rng, n)
        if found.low is None or found.high is None:
            none += 1
        else:
            # The truth may be computed with a rounding of its own.
            covered += found.low - 1e-12 <= method.truth <= found.high + 1e-12
    return Cell(n=n, draws=draws, covered=covered, none=none)


def too_narrow(found: list[list[Cell]]) -> str:
    """A sentence that names every cell whose intervals are too narrow to be called 95 %."""
    named = [
        f"`{one.name}` ({one.case}) at n = {cell.n:,}: {100 * cell.covered / (cell.draws - cell.none):.1f} %"
        for one, cells in zip(EVERY, found, strict=True)
        for cell in cells
        if cell.low
    ]
    told = f"Of the intervals that were made, fewer than {NOMINAL - MATTERS:.0f} % hold the truth, beyond the error "
    return f"{told}of the simulation, in {'; '.join(named) or 'no cell'}."
