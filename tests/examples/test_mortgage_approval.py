"""The mortgage example: split, columns, reproducible bytes, the twin without a model, and what its suites notice."""

import importlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import joblib  # type: ignore[import-untyped]
import pandas as pd
import pytest
import yaml
from tests.examples.conftest import ROOT, digests, expectations, failing, run_build, run_build_here, uncovered

from hallmark import documents
from hallmark.edges.artifact import inspect
from hallmark.policy.subject import ArtifactFormat, Favourable, LabelKind, Manifest

EXAMPLE = ROOT / "examples" / "mortgage_approval"
SOURCE = EXAMPLE / "source" / "applications.parquet"
SUITE, TWIN_SUITE = "mortgage_approval", "mortgage_approval_predictions"
NOT_SEEN = {"race", "sex", "marital", "loan_to_value_band"}

sys.path.insert(0, str(EXAMPLE))
applications: Any = importlib.import_module("applications")


def manifest_in(folder: Path) -> Manifest:
    path = folder / "manifest.yaml"
    return documents.manifest(path.read_text(), str(path))


def part_in(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "data" / f"{name}.parquet")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    found: pd.DataFrame = applications.applications(pd.read_parquet(SOURCE))
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    assert run_build("mortgage_approval", out, OMP_NUM_THREADS="1").returncode == 0
    return out


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("twin")
    assert run_build("mortgage_approval", out, "--version", "1-predictions").returncode == 0
    return out


def test_the_parts_are_disjoint_and_complete(built: Path) -> None:
    keys = [part_in(built, name)["application_id"].tolist() for name in applications.PARTS]
    assert sorted(key for part in keys for key in part) == list(range(1, 1990))
    assert [len(part) for part in keys] == [796, 397, 796]


def test_the_split_depends_on_the_application_alone(frame: pd.DataFrame) -> None:
    whole = applications.part(frame["application_id"])
    some = frame["application_id"].sample(300, random_state=1)
    assert applications.part(some).equals(whole[some.index])
    # Frozen: an application that moves over would have been trained on in an earlier version.
    assert [key for key in range(1, 15) if whole[key - 1] == "train"] == [2, 4, 6, 10, 13]


def test_columns_agree_with_sql(frame: pd.DataFrame) -> None:
    query = f"""
        select row as application_id, atotinc + cototinc income, netw net_worth,
               loanamt / least(price, apr) loan_to_value, hrat housing_ratio, obrat debt_ratio, cons consumer_credit,
               mortg mortgage_credit, pubrec public_record, self self_employed, unem unemployment,
               if(loanamt / least(price, apr) <= 0.8, 'up to 80 %', 'above 80 %') loan_to_value_band,
               case when black = 1 then 'black' when hispan = 1 then 'hispanic' when white = 1 then 'white' end race,
               case male when 1 then 'men' when 0 then 'women' else 'not provided' end sex,
               case married when 1 then 'married' when 0 then 'unmarried' else 'not provided' end marital,
               (action in (1, 2))::bigint approved
        from '{SOURCE}' order by row"""
    pd.testing.assert_frame_equal(frame, duckdb.execute(query).df(), check_dtype=False)


def test_the_first_application_by_hand(frame: pd.DataFrame) -> None:
    first = frame.iloc[0]
    assert first[["income", "loan_to_value", "loan_to_value_band"]].tolist() == [5849, 89 / 118, "up to 80 %"]
    assert first[["race", "sex", "marital", "approved"]].tolist() == ["white", "not provided", "unmarried", 1]


def test_the_model_sees_neither_groups_nor_what_follows_the_decision(built: Path) -> None:
    features = set(manifest_in(built).features)
    assert len(features) == 10
    assert not features & (NOT_SEEN | {"approved", "application_id"})
    text = (EXAMPLE / "applications.py").read_text()
    late = ("action", "reject", "typur", "inson", "gdlin", "unver", "review", "min30", "old")
    assert not [name for name in late if re.search(rf'raw\["{name}"\]', text)]


def test_page_one_says_whose_decision_the_label_is(built: Path) -> None:
    manifest = manifest_in(built)
    assert manifest.label.kind is LabelKind.HUMAN_DECISION
    assert "the lender's own decision" in manifest.limits[0]
    assert manifest.decision and manifest.decision.favourable is Favourable.AT_OR_ABOVE


def test_two_builds_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assert run_build("mortgage_approval", tmp_path, OMP_NUM_THREADS="2", PYTHONHASHSEED="7").returncode == 0
    assert digests(tmp_path) == digests(built)


def test_every_digest_in_the_folders_is_that_of_its_file(built: Path, twin: Path) -> None:
    for folder in (built, twin):
        manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
        cohort = yaml.safe_load((folder / "cohorts" / "holdout.yaml").read_text())
        named = [part for part in (manifest["artifact"], manifest["training"], manifest["reference"], cohort) if part]
        found = digests(folder)
        assert [part["sha256"] for part in named] == [found[part["file"]] for part in named]


def test_the_artifact_passes_the_door(built: Path) -> None:
    assert inspect((built / "model.joblib").read_bytes(), ArtifactFormat.JOBLIB).problems == ()


def test_the_twin_has_the_scores_of_the_model_and_no_model(built: Path, twin: Path) -> None:
    manifest = manifest_in(twin)
    assert (manifest.artifact, manifest.predictions) == (None, "score")
    assert not list(twin.rglob("*.joblib"))
    model = joblib.load(io.BytesIO((built / "model.joblib").read_bytes()))
    for name in applications.PARTS:
        rows, same = part_in(twin, name), part_in(built, name)
        pd.testing.assert_frame_equal(rows.drop(columns="score"), same)
        assert rows["score"].tolist() == model.predict_proba(same[list(manifest.features)])[:, 1].tolist()
        assert rows["score"][rows["approved"] == 1].mean() > rows["score"][rows["approved"] == 0].mean() + 0.05


def test_the_cut_off_approves_as_many_as_the_lenders_did(built: Path) -> None:
    outcome = subprocess.run([sys.executable, EXAMPLE / "cut_off.py"], capture_output=True, text=True, timeout=120)
    table = pd.read_csv(io.StringIO(outcome.stdout), sep=r"\s+").set_index("cut_off")
    assert table["lenders"].unique().tolist() == [round(part_in(built, "train")["approved"].mean(), 4)]
    decision = manifest_in(built).decision
    assert decision and decision.cut_off == (table["model"] - table["lenders"]).abs().idxmin()


def test_a_cohort_alone_touches_neither_manifest_nor_model(tmp_path: Path, twin: Path) -> None:
    words = ["--version", "1-predictions", "--cohort", "holdout"]
    assert run_build_here("mortgage_approval", tmp_path, *words).returncode == 0
    found = digests(tmp_path)
    assert set(found) == {"cohorts/holdout.yaml", "data/holdout.parquet"}
    assert found == {name: digest for name, digest in digests(twin).items() if name in found}


@pytest.mark.parametrize("words", [["--version", "2"], ["--cohort", "1991"]])
def test_what_is_not_there_is_refused(tmp_path: Path, words: list[str]) -> None:
    outcome = run_build_here("mortgage_approval", tmp_path / "out", *words)
    assert outcome.returncode == 2
    assert "invalid choice" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    outcome = run_build_here("mortgage_approval", tmp_path / "taken", "--cohort", "holdout")
    assert (outcome.returncode, outcome.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in outcome.stderr


def test_the_suites_cover_every_column_and_hold_no_bound(built: Path, twin: Path) -> None:
    assert uncovered(SUITE, part_in(built, "holdout")) == set()
    assert uncovered(TWIN_SUITE, part_in(twin, "holdout")) == set()
    measures = {f"data_quality.{name}" for name in ("completeness", "validity", "uniqueness", "consistency")}
    for suite in (SUITE, TWIN_SUITE):
        assert {e["meta"]["measure"] for e in expectations(suite)} == measures
        assert all(e["meta"]["note"].endswith(".") and "mostly" not in e["kwargs"] for e in expectations(suite))


def test_the_suite_of_the_twin_adds_the_scores_and_nothing_else() -> None:
    added = [e for e in expectations(TWIN_SUITE) if e not in expectations(SUITE)]
    gone = [e for e in expectations(SUITE) if e not in expectations(TWIN_SUITE)]
    assert [e["type"] for e in gone] == ["expect_table_columns_to_match_set"]
    assert [e["kwargs"].get("column", "columns") for e in added] == ["columns", "score", "score", "score"]


KNOWN_TO_FAIL = {
    ("expect_column_values_to_be_between", "net_worth"),
    ("expect_column_values_to_be_between", "loan_to_value"),
    ("expect_column_pair_values_a_to_be_greater_than_b", "debt_ratio"),
}


def test_training_rows_fail_only_where_the_readme_says(built: Path) -> None:
    train = part_in(built, "train")
    assert failing(SUITE, train) == KNOWN_TO_FAIL
    assert (train["net_worth"] < -1000).sum() == 2
    assert (train["loan_to_value"] > 1.5).sum() == 3
    assert (train["debt_ratio"] < train["housing_ratio"]).sum() == 4
    assert (train["sex"] == "not provided").sum() == 6


@pytest.mark.parametrize(
    ("case", "column", "value", "noticed"),
    [
        ("missing", "income", None, "expect_column_values_to_not_be_null"),
        ("negative", "housing_ratio", -1.0, "expect_column_values_to_be_between"),
        ("unseen-category", "race", "unknown", "expect_column_values_to_be_in_set"),
        ("twice", "application_id", 3, "expect_column_values_to_be_unique"),
        ("another-label", "approved", 2, "expect_column_values_to_be_in_set"),
        ("no-probability", "score", 1.2, "expect_column_values_to_be_between"),
    ],
)
def test_the_suite_notices(twin: Path, case: str, column: str, value: float | str | None, noticed: str) -> None:
    broken = part_in(twin, "holdout")
    broken.loc[broken.index[10:12], column] = value
    assert (noticed, column) in failing(TWIN_SUITE, broken) - KNOWN_TO_FAIL, case
