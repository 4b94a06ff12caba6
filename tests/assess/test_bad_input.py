"""Bad input through every registered assessor: a reason or one clear sentence, never a crash and never a pass."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.assess.conftest import frame_of, label_of, manifest_of
from tests.policy.conftest import OPENED, POLICIES, Making

from hallmark import documents
from hallmark.assess.assignment import Assignment
from hallmark.assess.dataset import Dataset
from hallmark.assess.registry import ASSESSED, DIMENSIONS, assessor
from hallmark.errors import BadInput
from hallmark.measures import MEASURES, Task
from hallmark.policy.appetite import Status
from hallmark.policy.control import FEATURES, Bound, Control, Proof, Severity
from hallmark.policy.expected import Key
from hallmark.policy.subject import Cohort, CohortRole, Manifest
from hallmark.policy.subject import Decision as Decided
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision, Verdict
from hallmark.verdict.observation import Observation

Change = Callable[[pd.DataFrame], pd.DataFrame]
ROWS = 300


def control(id_: str, measure: str, bound: Bound, by: tuple[str, ...] = (), **sample: Any) -> Control:
    """A control that a clean world satisfies with 300 rows."""
    parts = {"title": id_, "because": "for the test", "remedy": "Mend it.", "severity": Severity.HIGH}
    return Control(id=id_, measure=measure, require=bound, by=by, **(parts | sample))


LOOSE: Mapping[str, Any] = {"tolerance": 0.3, "proof": Proof.OF_BREACH}
EACH = (FEATURES,)
GROUPS = ("sex", "age")
CONTROLS = (
    control("complete", "data_quality.completeness", Bound(at_least=0.998)),
    control("valid", "data_quality.validity", Bound(at_least=0.998), EACH),
    control("record", "data_quality.record_validity", Bound(at_least=0.998)),
    control("unique", "data_quality.uniqueness", Bound(at_least=1.0)),
    control("consistent", "data_quality.consistency", Bound(at_least=0.99)),
    control("overlap", "data_quality.overlap", Bound(at_most=0.0)),
    control("unseen", "data_quality.unseen", Bound(at_most=0.05), EACH),
    control("varies", "data_quality.varies", Bound(is_=True), EACH),
    control("identifier", "data_quality.not_identifying", Bound(is_=True), EACH),
    control("leak", "data_quality.single_feature_auc", Bound(at_most=0.95), EACH, tolerance=0.04),
    control("label", "data_quality.label_known", Bound(at_least=1.0)),
    control("unlabelled", "data_quality.unlabelled", Bound(at_most=0.05)),
    control("declared", "data_quality.groups_declared", Bound(at_least=0.99)),
    control("present", "data_quality.groups_present", Bound(at_least=1.0)),
    control("share", "data_quality.representation_ratio", Bound(between=(0.5, 2.0)), GROUPS, **LOOSE),
    control("gaps", "data_quality.missingness_difference", Bound(between=(-0.1, 0.1)), GROUPS, **LOOSE),
    control("moved", "drift.feature_distance", Bound(at_most=0.2), EACH, **LOOSE),
    control("gone", "drift.missing_distance", Bound(at_most=0.1), EACH, **LOOSE),
    control("scores", "drift.score_distance", Bound(at_most=0.2), **LOOSE),
    control("outcomes", "drift.label_distance", Bound(at_most=0.2), **LOOSE),
    control("drop", "drift.auc_drop", Bound(at_most=0.2), **LOOSE),
    control("domain", "drift.domain_auc", Bound(at_most=0.65), **LOOSE),
    control("ratio", "fairness.selection_rate_ratio", Bound(between=(0.6, 1.6)), GROUPS, **LOOSE),
    control("earned", "fairness.true_positive_rate_difference", Bound(between=(-0.3, 0.3)), GROUPS, **LOOSE),
    control("groups", "fairness.calibration_within_group", Bound(between=(-0.3, 0.3)), GROUPS, **LOOSE),
    control("proxy", "fairness.proxy_auc", Bound(at_most=0.7), GROUPS, expect=0.5, **LOOSE),
    control("auc", "performance.auc", Bound(at_least=0.6), expect=0.8, **LOOSE),
    control("large", "performance.calibration_in_the_large", Bound(between=(-0.1, 0.1)), **LOOSE),
    control("slope", "performance.calibration_slope", Bound(between=(0.4, 2.0)), tolerance=0.5, proof=Proof.OF_BREACH),
    control("recall", "performance.recall", Bound(at_least=0.2), expect=0.8, **LOOSE),
    control("mae", "performance.mae", Bound(at_most=40.0), tolerance=20.0, expect=16.0),
    control("r2", "performance.r2", Bound(at_least=0.3), expect=0.8, **LOOSE),
    control("error", "drift.error_rise", Bound(at_most=0.5), tolerance=0.5, proof=Proof.OF_BREACH),
    control("declared-label", "data_quality.label_declared", Bound(at_least=1.0)),
    control("accuracy", "performance.balanced_accuracy", Bound(at_least=0.5), expect=0.8, **LOOSE),
    control("f1", "performance.macro_f1", Bound(at_least=0.5), expect=0.8, **LOOSE),
    control("class", "performance.class_recall", Bound(at_least=0.4), ("classes",), expect=0.8, **LOOSE),
    control("classes", "drift.class_distance", Bound(at_most=0.2), **LOOSE),
    control("worse", "drift.accuracy_drop", Bound(at_most=0.2), **LOOSE),
)
BINARY = {"auc", "large", "slope", "recall", "drop"}
ALL = {one.id for one in CONTROLS}
SCORED = {one.id for one in CONTROLS if not one.measure.startswith("data_quality.")}


def entry(kind: str, measure: str, **kwargs: Any) -> Mapping[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {"measure": f"data_quality.{measure}"}}


SUITE = json.dumps(
    {
        "expectations": [
            *(
                entry("column_values_to_not_be_null", "completeness", column=name)
                for name in ("id", "income", "region", "sex", "age", "late")
            ),
            entry("column_values_to_be_in_type_list", "validity", column="income", type_list=["DOUBLE"]),
            entry("column_values_to_be_between", "validity", column="income", min_value=-100, max_value=200),
            entry("column_values_to_be_in_set", "validity", column="region", value_set=["north", "south", "west"]),
            entry("column_values_to_be_in_type_list", "validity", column="late", type_list=["BIGINT", "DOUBLE"]),
            entry("column_values_to_be_unique", "uniqueness", column="id"),
            entry("column_pair_values_a_to_be_greater_than_b", "consistency", column_A="id", column_B="late"),
        ]
    }
).encode()


def world(seed: int, task: Task) -> pd.DataFrame:
    """Rows of which the features say something about the outcome and the score most of it."""
    frame, rng = frame_of(ROWS, seed), np.random.default_rng(seed)
    frame["id"] += seed * 100_000
    frame["income"] = rng.normal(50, 12, ROWS) + 20 * frame["score"]
    if task is Task.REGRESSION:
        frame["score"] *= 200
        frame["late"] = frame["score"] + rng.normal(0, 15, ROWS)
    elif task is Task.MULTICLASS:
        frame["late"] = rng.integers(0, 3, ROWS)
        told = np.where(rng.random(ROWS) < 0.8, frame["late"], rng.integers(0, 3, ROWS))
        frame["score"] = told.astype(float)  # the place of the class, as the step that scores writes it
    else:
        frame["score"] = 0.05 + 0.9 * (frame["score"] > frame["score"].median()) * rng.uniform(0.6, 1, ROWS)
        frame["late"] = (rng.random(ROWS) < frame["score"]).astype("int64")
    return frame


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is done to the cohort (and to the other datasets), and the controls of which a finding has to fail.

    `damage` is done to the written file of the data; `says` is what a refusal says, the same in every dimension.
    """

    name: str
    cohort: Change = lambda frame: frame
    reference: Change = lambda frame: frame
    training: Change = lambda frame: frame
    damage: Callable[[Path], object] = lambda path: None
    caught: set[str] = field(default_factory=set)
    says: str = ""
    task: Task = Task.BINARY


def put(**columns: Any) -> Change:
    """Sets columns: to a value, or to what a function makes of the frame."""
    return lambda frame: frame.assign(**columns)


def some(column: str, value: object, rows: int = 30) -> Change:
    return lambda frame: frame.assign(**{column: frame[column].mask(np.arange(len(frame)) < rows, value)})


def everywhere(name: str, change: Change, *caught: str, task: Task = Task.BINARY) -> Case:
    return Case(name=name, cohort=change, reference=change, training=change, caught=set(caught), task=task)


def text_of_days(frame: pd.DataFrame) -> pd.DataFrame:
    days = pd.Timestamp("2001-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="D")
    return frame.assign(region=days.strftime("%Y-%m-%d"))


def many(frame: pd.DataFrame) -> pd.DataFrame:
    """10,000 rows with a category each."""
    large = pd.concat([frame] * 34, ignore_index=True).head(10_000)
    return large.assign(id=frame["id"].iloc[0] + np.arange(10_000), region=[f"r{n}" for n in range(10_000)])


def twice(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(pa.table([*table.columns, table["income"]], names=[*table.column_names, "income"]), path)


def capital(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column("INCOME", table["income"]), path)


def cut(share: float) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


OF_CLASSES = {"accuracy", "f1", "class", "worse"}
MANY, NUMBER, NOTHING = Task.MULTICLASS, Task.REGRESSION, pd.Series([None] * ROWS, dtype=object)
CUT = "data.parquet cannot be read as Parquet: write it again, whole"
CASES = (
    Case(name="duplicate-name", damage=twice, caught=ALL, says="more than one column named 'income'"),
    Case(name="duplicate-name-in-capitals", damage=capital, caught=ALL, says="more than one column named 'income'"),
    Case(name="file-cut-short", damage=cut(0.5), caught=ALL, says=CUT),
    Case(name="file-of-nothing", damage=cut(0.0), caught=ALL, says=CUT),
    Case(name="file-gone", damage=Path.unlink, caught=ALL, says="data.parquet does not exist"),
    Case(name="no-rows", cohort=lambda frame: frame.head(0), caught=ALL, says="data.parquet has no rows"),
    Case(
        name="column-gone", cohort=lambda frame: frame.drop(columns="income"), caught=ALL, says="lacks the columns 'i"
    ),
    Case(name="label-outside-the-set", cohort=some("late", 7), caught=ALL, says="has 3 values and binary-class"),
    Case(name="label-of-text-in-a-regression", cohort=put(late="12"), caught=ALL, says="needs a number", task=NUMBER),
    Case(name="score-outside", cohort=some("score", 1.2), caught=SCORED, says="30 scores outside .0, 1."),
    Case(name="score-nan", cohort=some("score", np.nan), caught=SCORED, says="30 scores that are NaN or missing"),
    Case(name="forecast-infinite", cohort=some("score", np.inf), caught=SCORED, says="30 scores that", task=NUMBER),
    Case(name="one-row", cohort=lambda frame: frame.head(1), caught={"auc", "domain", "ratio", "earned", "varies"}),
    Case(name="all-null", cohort=put(income=np.nan), caught={"complete", "valid", "moved", "gone", "unseen", "varies"}),
    everywhere("all-null-everywhere", put(income=np.nan), "complete", "valid", "moved", "unseen", "varies"),
    Case(name="all-null-text", cohort=put(region=NOTHING), caught={"complete", "valid", "moved", "gone", "varies"}),
    Case(name="constant", cohort=put(income=3.0), caught={"varies", "moved"}),
    everywhere("constant-everywhere", put(income=3.0), "varies"),
    everywhere("weights-that-sum-to-zero", put(income=0.0), "varies"),
    Case(name="infinite", cohort=some("income", np.inf), caught={"valid", "unseen", "domain"}),
    everywhere("all-infinite-everywhere", put(income=np.inf), "valid", "varies", "unseen", "domain"),
    Case(
        name="numbers-as-text",
        cohort=lambda frame: some("income", "n/a")(frame.assign(income=frame["income"].astype(str))),
        caught={"valid", "moved", "unseen"},
    ),
    Case(name="text-as-numbers", cohort=put(region=5), caught={"valid", "moved", "unseen"}),
    Case(name="nested", cohort=put(income=[[1.0]] * ROWS), caught={"valid", "moved", "unseen", "varies"}),
    Case(name="dates-as-text", cohort=text_of_days, caught={"valid", "unseen", "moved", "identifier"}),
    everywhere("dates-as-text-everywhere", text_of_days, "valid", "identifier"),
    everywhere("ten-thousand-categories", many, "valid", "identifier"),
    Case(
        name="no-label", cohort=put(late=np.nan), caught={"complete", "label", "unlabelled", "auc", "outcomes", "drop"}
    ),
    Case(name="one-class", cohort=put(late=0), caught={"leak", "auc", "slope", "recall", "drop", "outcomes"}),
    Case(name="label-spelt-otherwise", cohort=lambda f: f.assign(late=f["late"] * 2), caught={"label", "auc", "drop"}),
    Case(name="one-group", cohort=put(sex="men"), caught={"present", "ratio", "earned", "share", "gaps", "groups"}),
    Case(name="no-group", cohort=put(sex=NOTHING), caught={"declared", "present", "ratio", "earned", "share", "gaps"}),
    Case(name="group-outside-the-set", cohort=put(sex="x"), caught={"declared", "present", "ratio", "share"}),
    Case(name="no-key", cohort=put(id=np.nan), caught={"unique", "overlap", "complete"} | SCORED),
    Case(name="constant-score", cohort=put(score=0.5), caught={"slope", "scores", "auc"}),
    Case(name="training-without-labels", training=put(late=np.nan), caught={"label"}),
    Case(name="reference-of-one-class", reference=put(late=0), caught={"drop", "outcomes"}),
    Case(
        name="class-outside-the-set",
        cohort=some("score", 3.0),
        caught=SCORED,
        says="no place of a declared class",
        task=MANY,
    ),
    Case(
        name="class-between-two",
        cohort=some("score", 0.5),
        caught=SCORED,
        says="no place of a declared class",
        task=MANY,
    ),
    Case(name="class-nan", cohort=some("score", np.nan), caught=SCORED, says="30 ", task=MANY),
    Case(
        name="label-outside-the-classes",
        cohort=some("late", 7),
        caught={"declared-label", "label"} | OF_CLASSES,
        task=MANY,
    ),
    Case(name="class-gone", cohort=lambda f: f[f["late"] != 2], caught={"accuracy", "f1", "class"}, task=MANY),
    Case(name="one-class-of-three", cohort=put(late=0), caught={"accuracy", "f1", "class"}, task=MANY),
    Case(name="no-label-of-three", cohort=put(late=np.nan), caught={"unlabelled"} | OF_CLASSES, task=MANY),
    Case(name="infinite-label", cohort=some("late", np.inf), caught={"mae", "r2", "error"}, task=NUMBER),
    Case(name="constant-label", cohort=put(late=7.0), caught={"r2", "mae"}, task=NUMBER),
)


def manifest(task: Task) -> Manifest:
    if task is Task.BINARY:
        return manifest_of(model="m")
    if task is Task.MULTICLASS:
        label = replace(label_of("late"), positive=None, classes=("0", "1", "2"))
        return manifest_of(model="m", task=task, decision=Decided(favourable_classes=("0", "1")), label=label)
    number = label_of("late", None)  # type: ignore[arg-type]
    return manifest_of(model="m", task=task, decision=None, label=number)


def written(frame: pd.DataFrame, place: Path) -> tuple[Path, Path]:
    place.mkdir()
    data, scores = place / "data.parquet", place / "scores.parquet"
    frame[["id", "score"]].set_axis(["key", "score"], axis=1).to_parquet(scores, index=False)
    frame.drop(columns="score").to_parquet(data, index=False)
    return data, scores


def assessed(case: Case, place: Path) -> Iterator[Observation | str]:
    """Yield the observations of every dimension, or the sentence with which it was refused."""
    subject, changes = manifest(case.task), (case.cohort, case.reference, case.training)
    files = [written(change(world(seed, case.task)), place / str(seed)) for seed, change in enumerate(changes, 1)]
    case.damage(files[0][0])
    cohort = Cohort(
        model="m", version="1", name="july", role=CohortRole.HOLDOUT, as_of=date(2005, 7, 31), file="x", sha256="0" * 64
    )
    for dimension in ASSESSED:
        opened: list[Dataset] = []
        try:
            for data, scores in files:
                opened.append(Dataset.open(subject, data, scores if dimension.scores else None, place, threads=1))
            now, then, first = opened
            assignment = Assignment(
                manifest=subject, cohort=cohort, data=now, reference=then, training=first, suite=SUITE, seed=1,
                minimum_cell=5,
            )  # fmt: skip
            yield from assessor(dimension).assess(assignment).observations
        except BadInput as error:
            yield str(error)
        finally:
            for dataset in opened:
                dataset.close()


@cache
def making() -> Making:
    files = {str(path.relative_to(POLICIES)): path.read_text() for path in POLICIES.rglob("*.yaml")}
    return Making(shipped=documents.rules(files, keys=(), suites=(), assessors="0" * 64))


def verdict(case: Case, found: Sequence[Observation | str]) -> Verdict:
    """What the controls make of it; what was refused was not delivered."""
    process = [
        Observation(key=Key(measure=f"process.{name}"), value=1.0, method="gate", tool="hallmark")
        for name in ("completed", "steps_agree")
    ]
    make = making()
    rules = make.rules(make.policy(*CONTROLS), mandatory=("data_quality",))
    profile = make.profile(rules, manifest=manifest(case.task))
    delivered = [one for one in found if not isinstance(one, str)]
    return decide(profile, [*process, *delivered], (), OPENED)


def failed(found: Verdict) -> set[str]:
    """The controls of which a finding is neither satisfied nor a matter of too few rows."""
    passed = {Status.SATISFIED, Status.INSUFFICIENT}
    return {finding.expected.control for finding in found.findings if finding.status not in passed}


@pytest.mark.parametrize("task", Task)
def test_the_clean_twin_is_certified(tmp_path: Path, task: Task) -> None:
    clean = Case(name="clean", task=task)
    found = verdict(clean, list(assessed(clean, tmp_path)))
    assert [one.sentence for one in found.findings if one.status is not Status.SATISFIED] == []
    assert found.decision is Decision.CERTIFIED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_has_a_reason_and_never_passes(tmp_path: Path, case: Case) -> None:
    found = list(assessed(case, tmp_path))
    refusals = [one for one in found if isinstance(one, str)]
    scored = [one for one in ASSESSED if one.scores]
    dimensions = [one for one in DIMENSIONS if one.scores]  # classes have no remedies that could be refused
    assert len(refusals) in (0, len(dimensions), len(scored), len(ASSESSED))
    for said in refusals:
        assert said == refusals[0] and said.endswith(".") and "\n" not in said and len(said) < 250
        assert case.says in said.replace("[", ".").replace("]", ".")
    for one in (one for one in found if not isinstance(one, str)):
        if one.value is None:
            assert one.reason and "\n" not in one.reason, one.key
            assert (one.low, one.high) == (None, None)
        else:
            assert math.isfinite(one.value) and MEASURES[one.key.measure].admits(one.value), one
    judged = verdict(case, found)
    applicable = {finding.expected.control for finding in judged.findings}
    assert case.caught & applicable <= failed(judged)
    assert judged.decision not in (Decision.CERTIFIED, Decision.CONDITIONAL)
