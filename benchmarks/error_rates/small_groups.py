"""Eight groups of twelve rows that are all harmed: found one by one, or pooled."""

import numpy as np
from error_rates.estimates import judged
from error_rates.page import section, share, table
from shipped import control, limits

from hallmark.assess.intervals import ratio
from hallmark.policy.appetite import Status
from hallmark.policy.profile import Profile

GROUPS, ROWS, RATIO, REFERENCE = 8, 12, 0.6, 1000
RATES = (0.5, 0.7, 0.88)


def small_groups(profile: Profile, draws: int, seed: int) -> str:
    """The section."""
    text = (
        f"{draws} draws. {GROUPS} groups of {ROWS} rows, each with a true ratio of {RATIO} to a reference group of "
        f"{REFERENCE} rows; control FL-1. *Refused*: not-satisfied. *Signalled*: not-satisfied or an adverse "
        "inconclusive, which goes to a person. One by one, k = 8; with the pooled key, as the profile has it, k = 9."
    )
    head = [
        "rate in the reference",
        *(f"{how}, {what}, %" for how in ("one by one", "pooled key") for what in ("refused", "signalled")),
        "either, k = 9, signalled, %",
    ]
    rows = [[str(rate), *_row(profile, rate, draws, [seed, int(100 * rate)])] for rate in RATES]
    return section("Small groups, one by one and pooled", text, table(head, rows))


def _row(profile: Profile, rate: float, draws: int, seed: list[int]) -> list[str]:
    expected, rng = control(profile, "FL-1"), np.random.default_rng(seed)
    hits, base = rng.binomial(ROWS, rate * RATIO, (draws, GROUPS)), rng.binomial(REFERENCE, rate, draws)

    def found(favourable: int, rows: int, reference: int, keys: int) -> tuple[bool, bool]:
        interval = ratio(favourable, rows, reference, REFERENCE)
        said = judged(limits(expected), expected.proof, keys, interval, rows)
        refused = said.status is Status.NOT_SATISFIED
        return refused, refused or said.adverse

    counts = np.zeros(5, dtype=int)
    for group, reference in zip(hits.tolist(), base.tolist(), strict=True):
        alone = [found(one, ROWS, reference, GROUPS) for one in group]
        within = [found(one, ROWS, reference, GROUPS + 1) for one in group]
        pooled = found(sum(group), GROUPS * ROWS, reference, GROUPS + 1)
        either = pooled[1] or any(one[1] for one in within)
        counts += [any(one[0] for one in alone), any(one[1] for one in alone), *pooled, either]
    return [share(int(count), draws) for count in counts]
