"""The speed table: the same data everywhere, every side runs and measures, the page keeps its prose."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from tests.benchmarks.conftest import FOLDER

from hallmark.assess.registry import ASSESSED

Script = Callable[[str], ModuleType]
ROWS = 2_000


@pytest.fixture(scope="module")
def paths(script: Script, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found: dict[str, Path] = script("bench_data").write(tmp_path_factory.mktemp("bench"), ROWS)
    return found


def test_the_data_are_twenty_five_columns_of_a_credit_model(script: Script, paths: dict[str, Path]) -> None:
    data = script("bench_data")
    manifest = data.manifest()
    cohort = duckdb.read_parquet(str(paths["cohort"])).df()
    assert cohort.shape == (ROWS, 25)
    assert cohort[data.KEY].is_unique
    assert set(manifest.features) <= set(cohort)
    assert 0.1 < cohort[data.LABEL].mean() < 0.5
    assert cohort[data.SCORE].between(0, 1).all()
    for attribute in manifest.attributes:
        assert set(cohort[attribute.column]) == set(attribute.groups)
    gaps = cohort.isna().sum()
    assert list(gaps[gaps > 0].index) == ["number_00", "number_13"]


def test_more_rows_begin_with_the_same_ones_and_files_differ(
    script: Script, tmp_path: Path, paths: dict[str, Path]
) -> None:
    more = script("bench_data").write(tmp_path, ROWS + 1)
    first = {side: duckdb.read_parquet(str(path)).df()[:ROWS] for side, path in more.items()}
    for side, path in paths.items():
        assert first[side].equals(duckdb.read_parquet(str(path)).df())
    shared = set(first["cohort"]["number_03"]) & set(first["reference"]["number_03"])
    assert not shared


def test_every_dimension_is_measured_here_and_three_on_the_other_sides(script: Script) -> None:
    sides = script("bench_measured").SIDES
    assert sides["product"] == tuple(one.name.replace("_", " ") for one in ASSESSED)
    assert sides["plain"] == sides["floor"] == sides["product"][:3]
    for side, dimensions in sides.items():
        assert tuple(script(f"bench_{side}").DIMENSIONS) == dimensions


@pytest.mark.parametrize("side", ["plain", "product", "floor"])
def test_a_child_measures_its_work_apart_from_its_imports(script: Script, paths: dict[str, Path], side: str) -> None:
    found = script("bench_measured").measure(side, "fairness", ROWS, paths)
    assert (found.side, found.dimension, found.rows) == (side, "fairness", ROWS)
    assert found.imports > 0
    assert found.wall > 0
    assert found.cpu > 0
    assert 5e7 < found.memory < 2e9


def test_a_child_that_fails_is_named(script: Script, tmp_path: Path) -> None:
    nowhere = {"cohort": tmp_path / "none", "reference": tmp_path / "none"}
    with pytest.raises(RuntimeError, match=r"floor, fairness, 5 rows: .*none"):
        script("bench_measured").measure("floor", "fairness", 5, nowhere)


def test_the_counts_of_the_floor_are_those_of_the_expectations(script: Script, paths: dict[str, Path]) -> None:
    """The floor does the same work as the product, or it is none."""
    work = script("bench_floor").data_quality(paths)
    next(work)
    (floor,) = next(work)
    data, work = script("bench_data"), script("bench_product").assessed("data_quality", paths)
    next(work)
    assert len(floor) == len(data.suite()["expectations"])
    cohort = duckdb.read_parquet(str(paths["cohort"])).df()
    assert list(floor[:25]) == [int(cohort[column].isna().sum()) for column in _order(data)]
    assert floor[-1] == ROWS
    assert next(work)["observations"] > 100


def _order(data: ModuleType) -> list[str]:
    return [one["kwargs"]["column"] for one in data.suite()["expectations"][:25]]


def test_the_page_gets_its_tables_and_keeps_its_prose(script: Script, tmp_path: Path) -> None:
    bench_page, measured = script("bench_page"), script("bench_measured").Measured
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- ratios -->\nold\n<!-- end of ratios -->\nafter\n")
    seconds = {"plain": 56.0, "product": 2.0, "floor": 1.0}
    found = [
        measured(side=side, dimension="drift", rows=1000, imports=1.0, wall=wall, cpu=wall, memory=int(wall * 1e8))
        for side, wall in seconds.items()
    ]
    bench_page.write(page, {"ratios": bench_page.ratios(found)})
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| 1,000 | 56.0 | 2.0 | 1.0 | 28.0 | 2.0 | 28.0 and 2.0 | 0.04 |" in text
    with pytest.raises(ValueError, match="no place for split"):
        bench_page.write(page, {"split": "-"})
    without = [one for one in found if one.side != "plain"]
    assert "| 1,000 | - | 2.0 | 1.0 | - | 2.0 | - and 2.0 | - |" in bench_page.ratios(without)
    assert bench_page.measurements(without).endswith(f"| {bench_page.NEVER} |  |  |  |")


def test_seconds_without_a_task_are_counted_once(script: Script) -> None:
    warm = script("bench_warm")
    times = {
        "open_case": (0.5, 1.0),
        "vet": (1.5, 2.0),
        "drift": (2.0, 6.0),
        "fairness": (2.5, 7.0),
        "gate": (8.0, 9.0),
    }
    spans = [
        warm.Span(name=name, start=start, end=end, prepared=0.1, code=0.2, work=None)
        for name, (start, end) in times.items()
    ]
    assert warm.Split(spans=tuple(spans), sealed=9.0).waited == pytest.approx(0.5 + 0.5 + 1.0)


@pytest.mark.parametrize("rows", ["many", "-5", "10"])
def test_a_wrong_number_of_rows_is_one_sentence(rows: str) -> None:
    script = Path(FOLDER) / "bench.py"
    environment = os.environ | {"ROWS": rows}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"ROWS={rows!r} is no whole number from 1000 on, for example ROWS=100000.\n"
