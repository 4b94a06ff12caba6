"""Two data sets with a model, split anew for every seed: what a defect is planted into, and the clean twin."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from string import Template
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shipped import ROOT
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark import documents
from hallmark.policy.subject import Cohort, CohortRole, Favourable, Manifest, Segment

SCORE = "score"
Mask = NDArray[np.bool_]
_EXAMPLES = ROOT / "examples"
_DIGESTS = dict.fromkeys(("artifact_sha256", "train_sha256", "reference_sha256"), "a" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the defects of section 7 are called in this data set."""

    amount: str
    ratio: str
    related: tuple[str, str]
    category: str
    unknown: int
    feature: str
    dropped: str
    crossed: tuple[str, str]
    segment: str
    rarer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Three frames with scores, the manifest that names their columns, and the estimator behind the scores.

    `train` is what `model` was fitted on. Frames are copied before they are changed.
    """

    name: str
    manifest: Manifest
    columns: Columns
    estimator: Callable[[], Any]
    model: Any
    train: pd.DataFrame
    reference: pd.DataFrame
    cohort: pd.DataFrame

    @property
    def label(self) -> str:
        """The column of outcomes."""
        return self.manifest.label.column

    @property
    def below(self) -> bool:
        """True when low scores are favourable, and outcome 0 is what earns them."""
        return self.manifest.decision is not None and self.manifest.decision.favourable is Favourable.BELOW

    @property
    def cut_off(self) -> float:
        """The cut-off of the decision."""
        assert self.manifest.decision is not None
        return self.manifest.decision.cut_off

    def with_cohort(self, cohort: pd.DataFrame) -> "World":
        """The same with another cohort, its scores as they are."""
        return replace(self, cohort=cohort)

    def rescored(self, cohort: pd.DataFrame) -> "World":
        """The same with another cohort, scored by the model."""
        return replace(self, cohort=scored(self.model, cohort, self.manifest.features))

    def refitted(self, added: str, values: Callable[[pd.DataFrame], Any]) -> "World":
        """The same with one more feature, on which the model is fitted and which it scores by."""
        features = (*self.manifest.features, added)
        frames = [one.assign(**{added: values(one)}) for one in (self.train, self.reference, self.cohort)]
        model = _fitted(self.estimator, frames[0], features, self.label)
        train, reference, cohort = (scored(model, one, features) for one in frames)
        manifest = replace(self.manifest, features=features)
        return replace(self, manifest=manifest, model=model, train=train, reference=reference, cohort=cohort)


def scored(model: Any, frame: pd.DataFrame, features: tuple[str, ...]) -> pd.DataFrame:
    """The frame with the probability of the positive class."""
    with threadpool_limits(1):
        return frame.assign(**{SCORE: model.predict_proba(frame[list(features)])[:, 1]})


def _fitted(estimator: Callable[[], Any], frame: pd.DataFrame, features: tuple[str, ...], label: str) -> Any:
    # One thread, so that models come out alike on every machine.
    with threadpool_limits(1):
        return estimator().fit(frame[list(features)], frame[label])


def cohort_of(manifest: Manifest) -> Cohort:
    """The cohort as it would be registered."""
    return Cohort(
        model=manifest.model,
        version=manifest.version,
        name="planted",
        role=CohortRole.HOLDOUT,
        as_of=manifest.training.as_of,
        file="data/planted.parquet",
        sha256="b" * 64,
    )


def card_default(seed: int) -> World:
    """July: fitted on the clients that may be trained on; the held-out ones in two halves, reference and cohort."""
    cohorts, artifact = _module("card_default", "cohorts"), _module("card_default", "artifact")
    frame = cohorts.cohort(pd.read_parquet(_EXAMPLES / "card_default/source/clients.parquet"), "2005-07")
    fitted_on = cohorts.in_training(frame["client_id"])
    train, held_out = frame[fitted_on], frame[~fitted_on].sample(frac=1, random_state=seed)
    half = len(held_out) // 2
    words = {"artifact": "model.skops", "format": "skops", "cut_off": "0.2"}
    words |= {"age_bands": ", ".join(f'"{band}"' for band in cohorts.AGE_BANDS)}
    manifest = _manifest("card_default", words, cohorts.FEATURES)
    groups = ("graduate school", "university", "high school")
    manifest = replace(manifest, segments=(Segment(name="education", column="education", groups=groups),))
    columns = Columns(
        amount="paid_0",
        ratio="util_0",
        related=("pay_0", "pay_1"),
        category="pay_0",
        unknown=12,
        feature="util_0",
        dropped="55+",
        crossed=("women", "under 25"),
        segment="university",
        rarer=1,
    )
    frames = (train, held_out[:half], held_out[half:])
    return _world(manifest, columns, artifact.estimator, frames)


def mortgage_approval(seed: int) -> World:
    """The 1,989 applications: 40 % to fit on, 30 % as reference, 30 % as cohort."""
    applications, artifact = _module("mortgage_approval", "applications"), _module("mortgage_approval", "artifact")
    frame = applications.applications(pd.read_parquet(_EXAMPLES / "mortgage_approval/source/applications.parquet"))
    frame = frame.sample(frac=1, random_state=seed)
    first, second = int(0.4 * len(frame)), int(0.7 * len(frame))
    words = {"artifact": "null", "predictions": SCORE, "suite": "mortgage_approval_predictions", "cut_off": "0.73"}
    words |= {"as_of": "1990-12-31"}
    manifest = _manifest("mortgage_approval", words, applications.FEATURES)
    columns = Columns(
        amount="income",
        ratio="debt_ratio",
        related=("debt_ratio", "housing_ratio"),
        category="consumer_credit",
        unknown=9,
        feature="debt_ratio",
        dropped="hispanic",
        crossed=("black", "women"),
        segment="above 80 %",
        rarer=0,
    )
    frames = (frame[:first], frame[first:second], frame[second:])
    return _world(manifest, columns, artifact.estimator, frames)


WORLDS: Mapping[str, Callable[[int], World]] = {"card_default": card_default, "mortgage_approval": mortgage_approval}
"""By the name of the example."""


def _world(
    manifest: Manifest, columns: Columns, estimator: Callable[[], Any], frames: tuple[pd.DataFrame, ...]
) -> World:
    train, reference, cohort = (frame.reset_index(drop=True) for frame in frames)
    model = _fitted(estimator, train, manifest.features, manifest.label.column)
    parts = [scored(model, frame, manifest.features) for frame in (train, reference, cohort)]
    return World(
        name=manifest.model,
        manifest=manifest,
        columns=columns,
        estimator=estimator,
        model=model,
        train=parts[0],
        reference=parts[1],
        cohort=parts[2],
    )


def _manifest(model: str, words: Mapping[str, str], features: tuple[str, ...]) -> Manifest:
    template = Template((_EXAMPLES / model / "manifest.template.yaml").read_text(encoding="utf-8"))
    text = template.substitute({**_DIGESTS, "version": "1", "features": ", ".join(features), **words})
    return replace(documents.manifest(text, model), artifact=None, predictions=SCORE)


def _module(model: str, name: str) -> ModuleType:
    """A module of an example under a name of its own: both examples have an artifact.py."""
    folder = str(_EXAMPLES / model)
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(f"{model}_{name}", _EXAMPLES / model / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def some(rng: np.random.Generator, among: pd.Series, share: float) -> Mask:
    """A mask of this share, to the nearest row, of the rows for which `among` holds."""
    places = np.flatnonzero(among.to_numpy())
    chosen = np.zeros(len(among), dtype=bool)
    chosen[rng.choice(places, round(share * len(places)), replace=False)] = True
    return chosen
