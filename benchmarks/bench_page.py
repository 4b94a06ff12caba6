"""The tables of docs/performance.md; the prose between its marks is written by hand and kept."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench_measured import SIDES, THREE, Measured
from bench_warm import Split
from error_rates.page import table, wrapped

LIBRARIES = ("great-expectations", "evidently", "fairlearn", "scikit-learn", "duckdb", "numpy", "apache-airflow")
LETTERS = {"plain": "(a) plain", "product": "(b) here", "floor": "(c) DuckDB"}
NEVER = "left out: too slow and too large"


def line(one: Measured) -> str:
    """One measurement in one line."""
    numbers = f"{one.wall:8.2f} s  {one.cpu:8.2f} s CPU  {one.memory / 1e9:5.2f} GB  imports {one.imports:.1f} s"
    return f"{one.rows:>10,}  {LETTERS[one.side]:10}  {one.dimension:12}  {numbers}"


def ratios(found: Sequence[Measured]) -> str:
    """How many times quicker (b) is than (a), how much slower than (c), and its memory; the three dimensions alone."""
    head = ("rows", "(a), s", "(b), s", "(c), s", "(a) / (b)", "(b) / (c)", "the same in CPU", "memory (b) / (a)")
    return table(head, [_ratio(found, rows) for rows in sorted({one.rows for one in found})])


def _ratio(found: Sequence[Measured], rows: int) -> list[str]:
    some = [one for one in found if one.rows == rows and one.dimension in THREE]
    wall = {side: sum(one.wall for one in some if one.side == side) for side in SIDES}
    cpu = {side: sum(one.cpu for one in some if one.side == side) for side in SIDES}
    memory = {side: max((one.memory for one in some if one.side == side), default=0) for side in SIDES}
    return [
        f"{rows:,}",
        *(f"{seconds:.1f}" if seconds else "-" for seconds in wall.values()),
        _over(wall["plain"], wall["product"], 1),
        _over(wall["product"], wall["floor"], 1),
        f"{_over(cpu['plain'], cpu['product'], 1)} and {_over(cpu['product'], cpu['floor'], 1)}",
        _over(memory["product"], memory["plain"], 2),
    ]


def _over(one: float, other: float, digits: int) -> str:
    return f"{one / other:.{digits}f}" if one and other else "-"


def measurements(found: Sequence[Measured]) -> str:
    """Every measurement."""
    head = ("rows", "side", "dimension", "wall, s", "CPU, s", "peak memory, GB", "imports, s")
    rows = [
        (
            *(f"{one.rows:,}", LETTERS[one.side], one.dimension),
            *(f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.memory / 1e9:.2f}", f"{one.imports:.1f}"),
        )
        for one in found
    ]
    sizes = {one.rows for one in found} - {one.rows for one in found if one.side == "plain"}
    left_out = [(f"{rows:,}", LETTERS["plain"], "all", NEVER, "", "", "") for rows in sorted(sizes)]
    return table(head, [*rows, *left_out])


def split(run: Split) -> str:
    """Where the seconds from trigger to pack went."""
    head = ("task", "from, s", "to, s", "before our code, s", "our code, s", "CPU of the step, s")
    rows = [
        (one.name, f"{one.start:.1f}", f"{one.end:.1f}", f"{one.prepared:.2f}", f"{one.code:.2f}", _seconds(one.work))
        for one in run.spans
    ]
    text = f"From the trigger to the sealed pack {run.sealed:.1f} s, of which no task ran in {run.waited:.1f} s."
    return f"{text}\n\n{table(head, rows)}"


def _seconds(work: float | None) -> str:
    return "" if work is None else f"{work:.2f}"


def machine() -> str:
    """Where it was measured and with what."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    where = f"{cores} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    return wrapped(f"{where}; {versions}. Load average when all was measured: {os.getloadavg()[0]:.1f}.")


def write(page: Path, parts: dict[str, str]) -> None:
    """Put each of `parts` between the marks of its name in `page`. Raises ValueError when a mark is missing."""
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{page.name} has no place for {name}: put back its two marks.")
        text = pattern.sub(lambda found, part=part: f"{found[1]}\n{part}\n\n{found[2]}", text)
    page.write_text(text, encoding="utf-8")
