"""Measures speed and memory beside the plain use of the libraries, prints it and writes docs/performance.md."""

import os
import sys
import tempfile
import time
from pathlib import Path

import bench_data
import bench_page
from bench_measured import SIDES, Measured, measure
from bench_warm import warm
from shipped import ROOT

ROWS = (10_000, 100_000, 1_000_000, 20_000_000)
PLAIN_LIMIT = 1_000_000
"""Beyond so many rows the plain script is left out: it copies the frame, and twenty million rows need about 50 GB."""

PAGE = ROOT / "docs" / "performance.md"


def measured(folder: Path, rows: int) -> list[Measured]:
    """Every side and dimension at one size, one process after the other."""
    paths = bench_data.write(folder, rows)
    found = []
    for side, dimensions in SIDES.items():
        if side == "plain" and rows > PLAIN_LIMIT:
            continue
        for dimension in dimensions:
            found.append(measure(side, dimension, rows, paths))
            print(bench_page.line(found[-1]), flush=True)
    for path in paths.values():
        path.unlink()
    return found


def main() -> int:
    """Exit code 0, or 1 with one sentence."""
    wish = os.environ.get("ROWS", "")
    if wish and (not wish.isdecimal() or int(wish) < 1_000):
        print(f"ROWS={wish!r} is no whole number from 1000 on, for example ROWS=100000.", file=sys.stderr)
        return 1
    began, found = time.monotonic(), list[Measured]()
    with tempfile.TemporaryDirectory(prefix="hallmark-bench-") as folder:
        for rows in [int(wish)] if wish else ROWS:
            found += measured(Path(folder), rows)
            if not wish:  # a run that is cut short leaves the sizes that it came to
                bench_page.write(PAGE, _tables(found))
    print(bench_page.ratios(found))
    split = bench_page.split(warm())
    print(split)
    if wish:
        print("Not written: the document holds every size, in one run.", file=sys.stderr)
        return 0
    bench_page.write(PAGE, {"split": split})
    print(f"Written to {PAGE.relative_to(ROOT)}; {time.monotonic() - began:.0f} s.", file=sys.stderr)
    return 0


def _tables(found: list[Measured]) -> dict[str, str]:
    return {
        "machine": bench_page.machine(),
        "ratios": bench_page.ratios(found),
        "measurements": bench_page.measurements(found),
    }


if __name__ == "__main__":
    sys.exit(main())
