"""How often the 95 % limits of each interval method hold the truth."""

import numpy as np
from error_rates.methods import METHODS, Method
from error_rates.page import section, share, table


def interval_coverage(draws: int, seed: int) -> str:
    """The section."""
    text = (
        f"{draws} draws a cell; nominal 95 %. n as given in each cell; a sample from which no interval can be made "
        "(nothing to compare, one class) counts as not covered and stands in brackets. Above 95 is conservative."
    )
    head = ["function", "case", "small, %", "middle, %", "large, %"]
    rows = [
        [f"`{one.name}`", one.case, *(_cell(one, n, draws, [seed, place, n]) for n in one.sizes)]
        for place, one in enumerate(METHODS)
    ]
    return section("Coverage of the intervals", text, table(head, rows))


def _cell(method: Method, n: int, draws: int, seed: list[int]) -> str:
    rng, covered, none = np.random.default_rng(seed), 0, 0
    for _ in range(draws):
        found = method.draw(rng, n)
        if found.low is None or found.high is None:
            none += 1
        else:
            # The truth may be computed with a rounding of its own.
            covered += found.low - 1e-12 <= method.truth <= found.high + 1e-12
    return f"n = {n:,}: {share(covered, draws)}" + (f" ({none} none)" if none else "")
