"""Vetting and scoring: each declared fact false in turn, and an artifact that is never loaded."""

from __future__ import annotations

import contextlib
import os
import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from hallmark.errors import HallmarkError, Tampered
from hallmark.evidence.canonical import decode, digest
from hallmark.evidence.case import observations_of, read_product
from hallmark.evidence.notes import Scoring
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Status
from hallmark.policy.subject import Artifact, ArtifactFormat, Consent, Manifest, Provenance, Retention
from hallmark.steps.gate import gate
from hallmark.steps.record import required
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place

SOURCE = Provenance(origin="made", licence="CC0", collected="2026", citation="none")


def facts(place: Place, case: str) -> dict[str, float | None]:
    step = required(place.context, case, "vet")
    return {one.key.measure.removeprefix("vet."): one.value for one in observations_of(place.store, step)}


def test_everything_holds_for_a_sound_version(small: Place) -> None:
    case = small.open()
    small.task(case, "vet")
    assert set(facts(small, case).values()) == {1.0}
    assert len(facts(small, case)) == 6


@pytest.mark.parametrize(
    ("fact", "changes"),
    [
        ("consent", {"consent": Consent(basis="contract", until=date(2026, 11, 23))}),
        ("consent", {"consent": Consent(basis="", until=None)}),
        ("retention", {"retention": Retention(until=date(2026, 11, 23), rule="a year")}),
        ("retention", {"retention": Retention(until=None, rule="")}),
        ("provenance", {"provenance": replace(SOURCE, origin="")}),
        ("provenance", {"provenance": replace(SOURCE, licence="")}),
        ("provenance", {"provenance": replace(SOURCE, collected="")}),
        ("provenance", {"provenance": replace(SOURCE, origin="  ")}),
        ("consent", {"consent": Consent(basis=" ", until=None)}),
    ],
)
def test_a_declaration_that_does_not_hold_refuses(small: Place, fact: str, changes: dict[str, Any]) -> None:
    small.register("2", **changes)
    case = small.open(version="2")
    small.task(case, "vet")
    found = facts(small, case)
    assert found.pop(fact) == 0.0
    assert set(found.values()) == {1.0}
    assert gate(small.context, case).verdict.decision is Decision.REFUSED


def test_the_last_day_of_consent_still_counts(small: Place) -> None:
    small.register("2", consent=Consent(basis="contract", until=date(2026, 11, 24)))
    case = small.open(version="2")
    small.task(case, "vet")
    assert facts(small, case)["consent"] == 1.0


@pytest.mark.parametrize("damage", ["missing", "changed", "folder"])
@pytest.mark.parametrize("name", ["reference.parquet", "july.parquet"])
def test_data_that_are_not_the_declared_ones_refuse(small: Place, name: str, damage: str) -> None:
    path = small.home.registry / "small" / "1" / name
    data = path.read_bytes()
    path.unlink()
    if damage == "changed":
        path.write_bytes(data[:-1] + b"x")
    elif damage == "folder":
        path.mkdir()
    certification = small.certify()
    assert facts(small, certification.case)["data_matches"] == 0.0
    assert certification.verdict.decision is Decision.REFUSED
    assert small.verify(certification.case).outcome is Outcome.NOT_USABLE


class Bomb:
    """Touches a file when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.marker}",)


def with_artifact(place: Place, data: bytes, version: str = "2", frame: Any = None) -> Path:
    """Register a version with an artifact of `data`, and return where it lies."""
    folder = place.home.root / "incoming" / version
    folder.mkdir(parents=True)
    (folder / "model.pkl").write_bytes(data)
    artifact = Artifact(file="model.pkl", format=ArtifactFormat.PICKLE, sha256=digest(data))
    place.register(version, frame, artifact=artifact, predictions=None)
    return place.home.registry / "small" / version / "model.pkl"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "loaded"


def test_a_hostile_artifact_is_never_loaded_and_refused(small: Place, marker: Path) -> None:
    with_artifact(small, pickle.dumps(Bomb(marker)))
    certification = small.certify(version="2")
    assert not marker.exists()
    assert facts(small, certification.case)["artifact_safe"] == 0.0
    scoring = read_product(small.store, required(small.context, certification.case, "score"), "scoring", Scoring)
    assert "vet.artifact_safe" in scoring.refusal
    assert certification.verdict.decision is Decision.REFUSED
    assert scoring.refusal in certification.notes
    measured = [one for one in certification.verdict.findings if one.expected.control in ("A-1", "F-1", "D-1")]
    assert {one.status for one in measured} == {Status.NOT_EVALUATED}
    assert all(one.observation and "there are no scores" in one.observation.reason for one in measured)
    assert small.verify(certification.case, version="2").outcome is Outcome.NOT_USABLE


def test_the_bomb_of_these_tests_goes_off(marker: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(marker)))
    assert marker.exists()


@pytest.mark.parametrize("when", ["before-vet", "after-vet"])
def test_an_artifact_that_was_exchanged_is_not_loaded(small: Place, marker: Path, when: str) -> None:
    """The registered artifact is harmless; somebody exchanges the file afterwards."""
    path = with_artifact(small, pickle.dumps([1, 2, 3]))
    case = small.open(version="2")
    if when == "before-vet":
        path.write_bytes(pickle.dumps(Bomb(marker)))
    small.task(case, "vet")
    path.write_bytes(pickle.dumps(Bomb(marker)))
    small.task(case, "score")
    assert not marker.exists()
    assert facts(small, case)["artifact_matches"] == (0.0 if when == "before-vet" else 1.0)
    scoring = read_product(small.store, required(small.context, case, "score"), "scoring", Scoring)
    assert scoring.refusal


def test_a_harmless_artifact_that_was_exchanged_is_not_scored(decided: Place, tmp_path: Path) -> None:
    """Vetted, then exchanged for another harmless model: its scores would be those of another subject."""
    place = decided.copy(tmp_path / "home")
    artifact = place.home.registry / "card_default" / "1" / "model.skops"
    case = place.open("again", model="card_default")
    place.task(case, "vet")
    artifact.write_bytes(other_model(place.home.registry / "card_default" / "1" / "data" / "train.parquet"))
    place.task(case, "score")
    scoring = read_product(place.store, required(place.context, case, "score"), "scoring", Scoring)
    assert "changed after it was vetted" in scoring.refusal
    assert not list((place.context.work / case).glob("*.parquet"))


def other_model(training: Path) -> bytes:
    """A model that would score as well as the registered one."""
    import skops.io as skops
    from sklearn.linear_model import LogisticRegression

    frame = pd.read_parquet(training).select_dtypes("number").head(500)
    features = [name for name in frame if name not in ("client_id", "late_next_month")][:10]
    data: bytes = skops.dumps(
        LogisticRegression(max_iter=5000).fit(frame[features].fillna(0), frame["late_next_month"])
    )
    return data


def test_a_value_that_a_model_stumbles_over_is_in_the_log_and_in_nothing_that_is_kept(
    small: Place, small_frame: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(small_frame[["income"]], small_frame.late)
    small_frame["income"] = small_frame.income.astype(str)
    small_frame.loc[0, "income"] = "Jane Doe, born 1961-02-03"
    with_artifact(small, pickle.dumps(model), frame=small_frame)
    certification = small.certify(version="2")
    scoring = read_product(small.store, required(small.context, certification.case, "score"), "scoring", Scoring)
    assert "ValueError; its own words, which may quote rows, are in the log of the task score" in scoring.refusal
    assert scoring.refusal in certification.notes
    assert "could not convert string to float: 'Jane Doe, born 1961-02-03'" in caplog.text
    kept = [file for file in small.folder.rglob("*") if file.is_file()]
    assert len(kept) > 10
    assert not [file for file in kept if b"Jane Doe" in file.read_bytes()]


def test_an_artifact_that_is_gone_refuses(small: Place) -> None:
    path = with_artifact(small, pickle.dumps([1, 2, 3]))
    path.unlink()
    certification = small.certify(version="2")
    assert facts(small, certification.case)["artifact_safe"] == 0.0
    assert certification.verdict.decision is Decision.REFUSED


def test_scores_changed_in_the_workspace_are_noticed(decided: Place, tmp_path: Path) -> None:
    place = decided.copy(tmp_path / "home")
    case = place.open("again", model="card_default")
    place.work(case, ("vet", "score"))
    path = place.context.work / case / "cohort.scores.parquet"
    frame = pd.read_parquet(path)
    frame["score"] = frame["score"].to_numpy()[::-1]
    frame.to_parquet(path, index=False)
    with pytest.raises(Tampered, match="not those that were signed"):
        place.task(case, "performance")
    assert not list(place.store.keys(f"cases/{case}/performance/"))
    assert gate(place.context, case).verdict.decision not in (Decision.CERTIFIED, Decision.CONDITIONAL)


@pytest.mark.parametrize("when", ["before-score", "before-assess"])
def test_data_exchanged_after_they_were_vetted_are_not_measured(small: Place, when: str) -> None:
    """A cohort of flattering rows takes the place of the one whose digest was just taken."""
    case = small.open()
    small.task(case, "vet")
    if when == "before-assess":
        small.task(case, "score")
    path = small.home.registry / "small" / "1" / "july.parquet"
    frame = pd.read_parquet(path)
    frame["score"] = frame["late"] * 0.9 + 0.05
    frame.to_parquet(path, index=False)
    for task in ("score", "performance") if when == "before-score" else ("performance",):
        with contextlib.suppress(HallmarkError):
            small.task(case, task)
    finding = next(one for one in gate(small.context, case).verdict.findings if one.expected.control == "A-1")
    assert finding.status is Status.NOT_EVALUATED


def test_the_manifest_of_the_case_is_the_registered_one(small_decided: Place) -> None:
    step = required(small_decided.context, small_decided.case, "open_case")
    held = read_product(small_decided.store, step, "manifest", Manifest)
    assert held == decode(small_decided.context.registry.manifest("small", "1"), Manifest)
