"""A feature that moved by some standard deviations, under the shipped control of feature drift."""

from collections import Counter

import numpy as np
from error_rates.estimates import status
from error_rates.page import section, share, table
from scipy.stats import norm
from shipped import control, limits

from hallmark.assess.intervals import largest_gap
from hallmark.policy.appetite import Status
from hallmark.policy.profile import Profile

FEATURES, CELLS = 20, 4000
SIZES = ((500, 500), (5000, 500), (5000, 5000), (100_000, 100_000))
SHIFTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
_LETTERS = {
    Status.SATISFIED: "S",
    Status.NOT_SATISFIED: "N",
    Status.INCONCLUSIVE: "I",
    Status.INSUFFICIENT: "U",
}


def drifted(profile: Profile, draws: int, seed: int) -> str:
    """The section."""
    text = (
        f"{draws} draws a cell, control MR-1 with k = {FEATURES} features, one of which moved by a normal shift; the "
        f"status of that feature in % (S satisfied, N not-satisfied, I inconclusive, U insufficient). D is taken on "
        f"{CELLS} cells of equal chance. Last: runs in which at least one of {FEATURES} features that did not move is "
        "not-satisfied."
    )
    head = ["n_ref / n_cur", *(f"{shift} sd" if shift else "no shift" for shift in SHIFTS), "false alarm, %"]
    rows = [_row(profile, *sizes, draws, seed) for sizes in SIZES]
    return section("Drift of one feature", text, table(head, rows))


def _row(profile: Profile, n_reference: int, n: int, draws: int, seed: int) -> list[str]:
    rng = np.random.default_rng([seed, n_reference, n])
    cells = [_shown(_statuses(profile, rng, shift, n_reference, n, draws), draws) for shift in SHIFTS]
    runs = max(draws // 4, 1)
    still = _statuses(profile, rng, 0.0, n_reference, n, runs * FEATURES)
    alarms = sum(Status.NOT_SATISFIED in still[i : i + FEATURES] for i in range(0, len(still), FEATURES))
    return [f"{n_reference:,} / {n:,}", *cells, f"{share(alarms, runs)} ({runs} runs)"]


def _statuses(
    profile: Profile, rng: np.random.Generator, shift: float, n_reference: int, n: int, draws: int
) -> list[Status]:
    expected = control(profile, "MR-1")
    cuts = norm.ppf(np.arange(1, CELLS) / CELLS)
    even, moved = np.full(CELLS, 1 / CELLS), np.diff(norm.cdf(cuts - shift), prepend=0.0, append=1.0)
    found = []
    for _ in range(draws):
        then, now = rng.multinomial(n_reference, even), rng.multinomial(n, moved)
        distance = float(np.abs(np.cumsum(now) / n - np.cumsum(then) / n_reference).max())
        interval = largest_gap(distance, n, n_reference)
        found.append(status(limits(expected), expected.proof, FEATURES, interval, n))
    return found


def _shown(statuses: list[Status], draws: int) -> str:
    counts = Counter(statuses).most_common()
    return ", ".join(f"{_LETTERS[one]} {share(count, draws)}" for one, count in counts)
