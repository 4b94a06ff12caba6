"""What the tests of the examples share: building a folder, and running a suite over a frame."""

import hashlib
import io
import json
import os
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_build(model: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the example's build.py."""
    command = [sys.executable, ROOT / "examples" / model / "build.py", *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=120)


def run_build_here(model: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has the libraries: where no whole build is compared byte by byte."""
    script, out, err = ROOT / "examples" / model / "build.py", io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", [str(script), *map(str, arguments)])
        patch.syspath_prepend(script.parent)
        patch.delitem(sys.modules, "artifact", raising=False)  # each example has a module of this name
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(script), run_name="__main__")
    assert isinstance(ended.value.code, int)
    return subprocess.CompletedProcess(sys.argv, ended.value.code, out.getvalue(), err.getvalue())


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below `folder`."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def expectations(suite: str) -> list[dict[str, Any]]:
    """The entries of a suite."""
    found: list[dict[str, Any]] = json.loads((ROOT / "expectations" / f"{suite}.json").read_text())["expectations"]
    return found


def uncovered(suite: str, frame: pd.DataFrame) -> set[str]:
    """The columns of `frame` without a rule for gaps or for type, or with nothing that says which values can be."""
    kinds = (
        {"expect_column_values_to_not_be_null"},
        {"expect_column_values_to_be_in_type_list"},
        {"expect_column_values_to_be_between", "expect_column_values_to_be_in_set"},
    )
    entries = [e for e in expectations(suite) if "column" in e["kwargs"]]
    covered = [{e["kwargs"]["column"] for e in entries if e["type"] in kind} for kind in kinds]
    return set(frame.columns) - set.intersection(*covered)


def failing(suite: str, frame: pd.DataFrame) -> set[tuple[str, str]]:
    """The expectations that do not hold, as (type, column)."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("cohort")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    results = batch.validate(gx.ExpectationSuite(name=suite, expectations=expectations(suite)), result_format="BASIC")
    assert len(results.results) == len(expectations(suite))
    configurations = [result.expectation_config for result in results.results if not result.success]
    return {(c.type, c.kwargs.get("column", c.kwargs.get("column_A", ""))) for c in configurations if c}
