"""One measurement: a child process of its own for each side, dimension and size."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

THREE = ("data quality", "drift", "fairness")
SIDES = {"plain": THREE, "product": (*THREE, "performance", "remedies"), "floor": THREE}
"""The dimensions that each side measures, in the order in which they run."""

CHILD = Path(__file__).with_name("bench_child.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds of imports and of work (wall and CPU), and the most memory of the process in bytes."""

    side: str
    dimension: str
    rows: int
    imports: float
    wall: float
    cpu: float
    memory: int


def measure(side: str, dimension: str, rows: int, paths: dict[str, Path]) -> Measured:
    """Run it. Raises RuntimeError with the last line of the child when it fails."""
    command = [sys.executable, str(CHILD), side, dimension, *map(str, paths.values())]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error: " in line] or [f"exit code {done.returncode}"]
        raise RuntimeError(f"{side}, {dimension}, {rows} rows: {said[-1]}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    said.pop("said")
    return Measured(side=side, dimension=dimension, rows=rows, **said)
