"""Whole cases of simulated models, fair or harmed, through the shipped policies and `decide`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from error_rates.groups_measured import Harm, group_findings
from error_rates.page import section, share, table
from error_rates.population import CENTRE, NOISE, SPREAD, drawn, manifest, whole_profile
from error_rates.whole_measured import whole_findings
from shipped import OPENED, only

from hallmark.measures import MEASURES, Kind
from hallmark.policy.profile import Profile
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision, Verdict
from hallmark.verdict.observation import Observation

SIZES, HARMED_SIZES = (300, 1000, 3000, 10_000, 30_000), (1000, 3000, 10_000)
HARMS: Mapping[str, Harm] = {
    "9 % group (under 25), decisions x 0.75": ("under 25", 0.75),
    "1.6 % group (55+), decisions x 0.60": ("55+", 0.60),
}
_DECISIONS = (Decision.CERTIFIED, Decision.CONDITIONAL, Decision.REFERRED, Decision.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A profile whose verdicts are counted, under a name."""

    name: str
    profile: Profile


def parts() -> tuple[Part, ...]:
    """The whole profile, and what is left of it without drift, which has an n of its own."""
    whole = whole_profile()
    rest = only(whole, "process", "vet", "data_quality", "fairness", "performance")
    return Part(name="whole profile", profile=whole), Part(name="without drift", profile=rest)


def observations(profile: Profile, rng: np.random.Generator, n: int, harm: Harm | None) -> list[Observation]:
    """One cohort of n rows, measured; reference and training data have n rows as well. Facts are as they should be."""
    model, (now, then, training) = manifest(), (drawn(rng, n) for _ in range(3))
    found = [*group_findings(rng, model, now, training, harm), *whole_findings(rng, model, now, then, training)]
    facts = {one.key for one in profile.expected if MEASURES[one.key.measure].kind is Kind.FACT}
    return [
        *(
            Observation(
                key=key, value=i.value, low=i.low, high=i.high, n=rows, method="simulated", tool="", reason=i.reason
            )
            for key, i, rows in found
        ),
        *(Observation(key=key, value=MEASURES[key.measure].expect, method="simulated", tool="") for key in facts),
    ]


def models(draws: int, seed: int) -> str:
    """The section of fair models and that of harmed ones."""
    counted = ", ".join(f"{one.name} {_samples(one.profile)}" for one in parts())
    text = (
        f"{draws} draws a row. A population made to be fair and calibrated: score normal on the logit scale (mean "
        f"{CENTRE}, sd {SPREAD}), outcome drawn from the score, groups by sex and age that go with nothing, ten "
        f"features that tell nothing and do not drift, {100 * NOISE:.0f} % of values missing. Cohort, reference and "
        "training data are samples of n rows each. Every number goes through the interval functions of the assessors, "
        f"every case through `decide` with the shipped policies and appetite. Keys of samples: {counted}; facts are "
        "satisfied. *Held up by*: the controls that most often had the effect which decided, with the share of runs."
    )
    head = ["n", "profile", *(f"{one}, %" for one in _DECISIONS), "held up by"]
    fair = [row for n in SIZES for row in _rows(n, None, draws, [seed, n])]
    harm_head = ["harm", *head, "harmed group's FL-1 not-satisfied, %"]
    harmed = [
        [name, *row]
        for place, (name, harm) in enumerate(HARMS.items())
        for n in HARMED_SIZES
        for row in _rows(n, harm, draws, [seed, n, place + 1])
    ]
    return "\n\n".join(
        [
            section("A fair and calibrated model", text, table(head, fair)),
            section(
                "A harmed group",
                "The same, and favourable decisions of one group are turned over by chance.",
                table(harm_head, harmed),
            ),
        ]
    )


def _samples(profile: Profile) -> int:
    return sum(MEASURES[one.key.measure].kind is Kind.SAMPLE for one in profile.expected)


def _rows(n: int, harm: Harm | None, draws: int, seed: list[int]) -> Iterator[list[str]]:
    rng, counted = np.random.default_rng(seed), parts()
    verdicts: list[list[Verdict]] = [[] for _ in counted]
    for _ in range(draws):
        seen = observations(counted[0].profile, rng, n, harm)
        for place, part in enumerate(counted):
            verdicts[place].append(decide(part.profile, seen, (), OPENED))
    for part, found in zip(counted, verdicts, strict=True):
        decisions = Counter(one.decision for one in found)
        row = [f"{n:,}", part.name, *(share(decisions[one], draws) for one in _DECISIONS), _held_up(found)]
        yield row if harm is None else [*row, share(sum(_refused(one, harm[0]) for one in found), draws)]


def _held_up(verdicts: list[Verdict]) -> str:
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        if verdict.decision is Decision.CERTIFIED:
            continue
        worst = max((finding.effect for finding in verdict.findings), key=lambda effect: effect.weight)
        counts.update({one.expected.control for one in verdict.findings if one.effect is worst})
    # By name where counts are equal: the same bytes on every run.
    first = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:4]
    return ", ".join(f"{name} {100 * count / len(verdicts):.0f} %" for name, count in first)


def _refused(verdict: Verdict, group: str) -> bool:
    return any(
        one.expected.control == "FL-1" and one.expected.key.group == group and one.status == "not-satisfied"
        for one in verdict.findings
    )
