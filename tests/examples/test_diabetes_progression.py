"""The regression example: split, columns, reproducible bytes, an artifact that loads, and what its suite notices."""

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.datasets import load_diabetes
from tests.examples.conftest import ROOT, digests, expectations, failing, run_build, run_build_here, uncovered

from hallmark import documents
from hallmark.edges.artifact import load
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat, Manifest

MODEL = "diabetes_progression"

sys.path.insert(0, str(ROOT / "examples" / MODEL))
patients: Any = importlib.import_module("patients")


def part_in(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "data" / f"{name}.parquet")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    assert run_build(MODEL, out, OMP_NUM_THREADS="1").returncode == 0
    return out


@pytest.fixture(scope="module")
def manifest(built: Path) -> Manifest:
    return documents.manifest((built / "manifest.yaml").read_text(), "manifest.yaml")


def test_the_parts_are_disjoint_and_complete(built: Path) -> None:
    keys = [part_in(built, name)["patient_id"].tolist() for name in patients.PARTS]
    assert sorted(key for part in keys for key in part) == list(range(1, 443))
    assert [len(part) for part in keys] == [167, 82, 193]


def test_the_split_depends_on_the_patient_alone() -> None:
    keys = patients.patients()["patient_id"]
    whole, some = patients.part(keys), keys.sample(100, random_state=1)
    assert patients.part(some).equals(whole[some.index])
    # Frozen: a patient who moves over would have been trained on in an earlier version.
    assert [key for key in range(1, 15) if whole[key - 1] == "train"] == [2, 3, 10, 11, 12, 13]


def test_values_are_those_that_were_measured() -> None:
    frame, (data, target) = patients.patients(), load_diabetes(return_X_y=True)
    assert frame.iloc[0][["age", "bmi", "ldl", "sex", "progression"]].tolist() == [59, 32.1, 93.2, "code 2", 151]
    features = frame[list(patients.FEATURES)]
    scaled = (features - features.mean()) / (features.std(ddof=0) * np.sqrt(len(frame)))
    assert np.allclose(scaled, np.delete(data, 1, axis=1), atol=1e-6)
    assert frame["progression"].tolist() == target.tolist()
    assert len(set(np.sign(data[frame["sex"] == "code 2", 1]))) == 1


def test_a_number_is_predicted_and_nothing_decided(manifest: Manifest) -> None:
    assert (manifest.task, manifest.decision, manifest.label.positive) == (Task.REGRESSION, None, None)
    assert "sex" not in manifest.features and manifest.attributes[0].column == "sex"


def test_two_builds_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assert run_build(MODEL, tmp_path, OMP_NUM_THREADS="2", PYTHONHASHSEED="7").returncode == 0
    assert digests(tmp_path) == digests(built)


def test_every_digest_in_the_folder_is_that_of_its_file(built: Path) -> None:
    text = yaml.safe_load((built / "manifest.yaml").read_text())
    cohort = yaml.safe_load((built / "cohorts" / "holdout.yaml").read_text())
    named = [text["artifact"], text["training"], text["reference"], cohort]
    assert [part["sha256"] for part in named] == [digests(built)[part["file"]] for part in named]


def test_the_artifact_loads_through_the_door_and_beats_a_constant_where_it_was_trained(
    built: Path, manifest: Manifest
) -> None:
    model: Any = load((built / "model.pkl").read_bytes(), ArtifactFormat.PICKLE)
    train = part_in(built, "train")
    error = np.abs(train["progression"] - model.predict(train[list(manifest.features)]))
    constant = np.abs(train["progression"] - train["progression"].median())
    assert error.mean() < 0.75 * constant.mean()


def test_a_cohort_alone_touches_neither_manifest_nor_model(built: Path, tmp_path: Path) -> None:
    assert run_build_here(MODEL, tmp_path, "--version", "1", "--cohort", "holdout").returncode == 0
    found = digests(tmp_path)
    assert set(found) == {"cohorts/holdout.yaml", "data/holdout.parquet"}
    assert found == {name: digest for name, digest in digests(built).items() if name in found}


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    outcome = run_build_here(MODEL, tmp_path / "taken")
    assert (outcome.returncode, outcome.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in outcome.stderr


def test_the_suite_covers_every_column_and_holds_no_bound(built: Path) -> None:
    assert uncovered(MODEL, part_in(built, "holdout")) == set()
    measures = {f"data_quality.{name}" for name in ("completeness", "validity", "uniqueness", "consistency")}
    assert {e["meta"]["measure"] for e in expectations(MODEL)} == measures
    assert all(e["meta"]["note"].endswith(".") and "mostly" not in e["kwargs"] for e in expectations(MODEL))


def test_training_rows_meet_the_suite(built: Path) -> None:
    assert failing(MODEL, part_in(built, "train")) == set()


@pytest.mark.parametrize(
    ("case", "column", "value", "noticed"),
    [
        ("missing", "glucose", None, "expect_column_values_to_not_be_null"),
        ("another-unit", "cholesterol", 4.9, "expect_column_values_to_be_between"),
        ("unseen-category", "sex", "code 3", "expect_column_values_to_be_in_set"),
        ("twice", "patient_id", 1, "expect_column_values_to_be_unique"),
        ("a-part-above-the-whole", "cholesterol", 60.0, "expect_column_pair_values_a_to_be_greater_than_b"),
    ],
)
def test_the_suite_notices(built: Path, case: str, column: str, value: float | str | None, noticed: str) -> None:
    broken = part_in(built, "holdout")
    broken.loc[broken.index[10:12], column] = value
    assert (noticed, column) in failing(MODEL, broken), case
