"""A small world for the assessors: manifests, frames written as Parquet, and datasets that are closed afterwards."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pytest

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.dataset import Dataset
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.subject import (
    Artifact,
    ArtifactFormat,
    Attribute,
    Cohort,
    CohortRole,
    Consent,
    DataFile,
    Decision,
    Deployment,
    Favourable,
    Label,
    LabelKind,
    Manifest,
    Order,
    Provenance,
    Retention,
)
from hallmark.verdict.observation import Observation

SEX = Attribute(name="sex", column="sex", groups=("men", "women"), reference="men")
AGE = Attribute(name="age", column="age", groups=("young", "middle", "old"), reference="middle")


NAMES = ('"; drop table x; --', "g", "v", "s", "group", "a b.c", "100%", "d", "état")
"""Names of columns that SQL could take for something else."""


def manifest_of(**changes: Any) -> Manifest:
    """A manifest of two features, `income` and `region`, with one part or another exchanged."""
    data = DataFile(file="data.parquet", sha256="0" * 64, as_of=date(2005, 6, 30))
    parts: dict[str, Any] = {
        "model": "lender",
        "version": "1",
        "task": Task.BINARY,
        "artifact": Artifact(file="model.skops", format=ArtifactFormat.SKOPS, sha256="0" * 64),
        "predictions": None,
        "decision": Decision(cut_off=0.4, favourable=Favourable.BELOW),
        "key": "id",
        "features": ("income", "region"),
        "label": label_of("late"),
        "attributes": (SEX, AGE),
        "training": data,
        "reference": data,
        "order": Order.NONE,
        "suite": "lender",
        "provenance": Provenance(origin="here", licence="CC0", collected="2005", citation="none"),
        "consent": Consent(basis="contract", until=None),
        "retention": Retention(until=None, rule="none"),
        "deployment": Deployment(as_if="here", description="a lender"),
        "limits": (),
    }
    return Manifest(**(parts | changes))


def label_of(column: str, positive: str = "1") -> Label:
    return Label(column=column, positive=positive, source="books", kind=LabelKind.OBSERVED)


def frame_of(n: int = 400, seed: int = 1) -> pd.DataFrame:
    """Rows with a score that is calibrated by construction."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 4, n)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "income": rng.normal(30.0, 9.0, n),
            "region": rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2]),
            "sex": rng.choice(["men", "women"], n),
            "age": rng.choice(["young", "middle", "old"], n),
            "late": (rng.random(n) < score).astype("int64"),
            "score": score,
        }
    )


def refused(frame: pd.DataFrame, scores: pd.DataFrame | None, place: Path, **changes: Any) -> str:
    """Return the sentence with which the frame and its scores are refused."""
    frame.to_parquet(place / "data.parquet", index=False)
    if scores is not None:
        scores.to_parquet(place / "scores.parquet", index=False)
    with pytest.raises(BadInput) as refusal:
        Dataset.open(
            manifest_of(**changes),
            place / "data.parquet",
            None if scores is None else place / "scores.parquet",
            place,
        )
    return str(refusal.value)


def scores_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The scores of `frame` as the file that a scorer writes."""
    return frame[["id", "score"]].rename(columns={"id": "key"})


def regression(**changes: Any) -> dict[str, Any]:
    """What `manifest_of` exchanges for a model of numbers that decides nothing."""
    label = Label(column="late", positive=None, source="books", kind=LabelKind.OBSERVED)
    return {"task": Task.REGRESSION, "decision": None, "label": label, **changes}


class Opened(Protocol):
    """Writes a frame (its column `score`, if any, to a file of its own) and opens it."""

    def __call__(self, frame: pd.DataFrame, manifest: Manifest | None = None, **options: Any) -> Dataset: ...


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    datasets: list[Dataset] = []

    def open_(frame: pd.DataFrame, manifest: Manifest | None = None, **options: Any) -> Dataset:
        place = tmp_path / str(len(datasets))
        place.mkdir()
        manifest = manifest or manifest_of()
        data, scores = place / "data.parquet", None
        if "score" in frame and manifest.predictions != "score":
            scores = place / "scores.parquet"
            written = frame[[manifest.key, "score"]].set_axis(["key", "score"], axis=1)
            written.sample(frac=1, random_state=1).to_parquet(scores, index=False)
            frame = frame.drop(columns="score")
        frame.to_parquet(data, index=False)
        datasets.append(Dataset.open(manifest, data, scores, place, **({"threads": 1} | options)))
        return datasets[-1]

    yield open_
    for dataset in datasets:
        dataset.close()


Assigned = Callable[..., Assignment]


@pytest.fixture
def assigned(opened: Opened) -> Assigned:
    """Builds the assignment of a frame (and of a reference frame, by default the same one)."""

    def assign(
        frame: pd.DataFrame,
        manifest: Manifest | None = None,
        reference: pd.DataFrame | None = None,
        suite: bytes = b"",
        training: pd.DataFrame | None = None,
        **options: Any,
    ) -> Assignment:
        data = opened(frame, manifest, **options)
        other = data if reference is None else opened(reference, manifest, **options)
        cohort = Cohort(
            model="lender",
            version="1",
            name="july",
            role=CohortRole.HOLDOUT,
            as_of=date(2005, 7, 31),
            file="data.parquet",
            sha256="0" * 64,
        )
        return Assignment(
            manifest=data.manifest,
            cohort=cohort,
            data=data,
            reference=other,
            training=other if training is None else opened(training, manifest, **options),
            suite=suite,
            seed=1,
            minimum_cell=5,
        )

    return assign


def by_key(assessment: Assessment) -> Mapping[tuple[str, str, str, str], Observation]:
    """Observations by measure, attribute, group and feature; a key that comes twice fails."""
    keys = [(o.key.measure, o.key.attribute, o.key.group, o.key.feature) for o in assessment.observations]
    assert len(keys) == len(set(keys))
    return dict(zip(keys, assessment.observations, strict=True))


def evidence_of(assessment: Assessment, name: str) -> Any:
    return json.loads(assessment.evidence[name])
