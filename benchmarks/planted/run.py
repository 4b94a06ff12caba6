"""One world through the product: its assessors, then the shipped controls through `decide`."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planted.worlds import SCORE, World, cohort_of
from shipped import OPENED, ROOT, profile

from hallmark.assess.assignment import Assignment
from hallmark.assess.dataset import Dataset
from hallmark.assess.registry import assessor, dimension_of
from hallmark.errors import BadInput
from hallmark.policy.expected import Key
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation

_WITH_SCORES = "mortgage_approval_predictions"

Findings = Mapping[tuple[str, Key], Finding]
"""By control and key."""


def findings(world: World, dimensions: Iterable[str], seed: int) -> Findings:
    """Every finding of these dimensions; what the product refuses to measure is not-evaluated, as in a case."""
    wanted = sorted(dimensions)
    observed = [one for name in wanted for one in _observed(world, name, seed)]
    verdict = decide(profile(world.manifest, cohort_of(world.manifest)), observed, (), OPENED)
    return {
        (one.expected.control, one.expected.key): one
        for one in verdict.findings
        if one.expected.key.measure.partition(".")[0] in wanted
    }


def _observed(world: World, dimension: str, seed: int) -> tuple[Observation, ...]:
    suite = suite_of(world)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        try:
            data, reference, training = (
                stack.enter_context(_opened(world, name, Path(folder))) for name in ("cohort", "reference", "train")
            )
            assignment = Assignment(
                manifest=world.manifest,
                cohort=cohort_of(world.manifest),
                data=data,
                reference=reference,
                training=training,
                suite=suite,
                seed=seed,
                minimum_cell=5,
            )
            return assessor(dimension_of(dimension)).assess(assignment).observations
        except BadInput:
            return ()


def suite_of(world: World) -> bytes:
    """The shipped suite of the data set, without its count of rows (these are parts of them) and with its scores."""
    entries = _shipped(world.manifest.suite)
    columns = {one["kwargs"].get("column") for one in entries}
    if SCORE not in columns:
        entries += [one for one in _shipped(_WITH_SCORES) if one["kwargs"].get("column") == SCORE]
    kept = [one for one in entries if one["type"] != "expect_table_row_count_to_be_between"]
    for one in kept:
        if "column_set" in one["kwargs"]:
            one["kwargs"]["column_set"] = list(world.cohort.columns)
    return json.dumps({"name": world.manifest.suite, "expectations": kept}).encode()


def _shipped(suite: str) -> list[dict[str, Any]]:
    text = (ROOT / "expectations" / f"{suite}.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)["expectations"]
    return entries


def _opened(world: World, name: str, folder: Path) -> Dataset:
    path = folder / f"{name}.parquet"
    getattr(world, name).to_parquet(path, index=False)
    return Dataset.open(world.manifest, path, None, folder, threads=1)
