"""Measures how often the published rule and the intervals are wrong, prints it and writes docs/error-rates.md."""

import os
import sys
import time

from error_rates.drifted import drifted
from error_rates.edges import edges
from error_rates.interval_coverage import interval_coverage
from error_rates.models import models
from error_rates.page import wrapped
from error_rates.population import whole_profile
from error_rates.small_groups import small_groups
from shipped import ROOT
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.verdict.judge import RULE_VERSION

SEED, DRAWS = 20261124, 1000
PAGE = ROOT / "docs" / "error-rates.md"


def page(draws: int) -> str:
    """The whole document. Each cell has a generator of its own, seeded by SEED, its section and its parameters."""
    profile = whole_profile()
    sections = [
        edges(profile, draws, SEED),
        small_groups(profile, draws, SEED + 1),
        models(max(draws * 2 // 5, 1), SEED + 2),
        drifted(profile, max(draws * 3 // 10, 1), SEED + 3),
        interval_coverage(draws, SEED + 4),
    ]
    return "\n\n".join([_opening(draws), *sections]) + "\n"


def _opening(draws: int) -> str:
    return "# Error rates of the rule, measured\n\n" + wrapped(
        f"Rule version {RULE_VERSION}, by simulation through the product's own interval functions (`assess.intervals` "
        "and those of single assessors), `judge_sample` and `decide`, with the shipped policies. Written by `make "
        f"coverage` (`DRAWS={draws}`, seed {SEED}); equal draws and seed give equal bytes. Behind each share stands ± "
        "two standard errors of the simulation. What follows holds for independent rows."
    )


def main() -> int:
    """Exit code 0, or 1 with one sentence."""
    wish = os.environ.get("DRAWS", "") or str(DRAWS)
    if not wish.isdecimal() or int(wish) < 1:
        print(f"DRAWS={wish!r} is no whole number from 1 on, for example DRAWS=200.", file=sys.stderr)
        return 1
    with threadpool_limits(1):
        text = page(int(wish))
    print(text)
    if int(wish) == DRAWS:
        PAGE.write_text(text, encoding="utf-8")
    took = f"{time.process_time():.0f} s of CPU"
    written = f"Written to {PAGE.relative_to(ROOT)}" if int(wish) == DRAWS else f"Not written: DRAWS is not {DRAWS}"
    print(f"{written}; {took}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
