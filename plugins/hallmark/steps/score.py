"""Scoring: the model predicts in a child process, for the cohort, the reference and the training data."""

from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import BadInput, Tampered
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import WORKSPACE, SignedStep, observations_of, read_product
from hallmark.evidence.files import sha256_of
from hallmark.evidence.notes import Scoring
from hallmark.policy.subject import Artifact, ArtifactFormat
from hallmark.steps.context import Context
from hallmark.steps.opened import Opened, opened
from hallmark.steps.record import Recorder, recording, required
from hallmark.steps.vet import VET

SCORE = "score"

LOADABLE = ("vet.artifact_safe", "vet.artifact_matches", "vet.data_matches")
"""Facts that must hold before anything is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The bytes of an artifact and how to read them."""

    data: bytes
    format: ArtifactFormat


def score(context: Context, case: str) -> None:
    """Write the scores of all three datasets to the workspace, or record why there are none."""
    subject, vetted = opened(context, case), required(context, case, VET)
    with recording(context, case, SCORE) as recorder:
        recorder.materials = {VET: vetted.outcome}
        scoring = _scored(context, subject, recorder, _objection(context, vetted))
        recorder.products["scoring"] = encode(scoring)


def _objection(context: Context, vetted: SignedStep) -> str:
    facts = {one.key.measure: one for one in observations_of(context.store, vetted)}
    for measure in LOADABLE:
        fact = facts.get(measure)
        if fact is None or fact.value != 1.0:
            return f"nothing was loaded, since {measure} is {'no' if fact else 'not observed'}"
    return ""


def _scored(context: Context, subject: Opened, recorder: Recorder, objection: str) -> Scoring:
    artifact = subject.manifest.artifact
    if objection or artifact is None:
        return Scoring(isolation="nothing was loaded", refusal=objection)
    try:
        model = _model(subject.file(context, artifact.file), artifact)
        isolation = _all(context, subject, recorder, model)
    except BadInput as error:
        return Scoring(isolation="the child failed", refusal=str(error))
    return Scoring(isolation=isolation, refusal="")


def _model(path: Path, artifact: Artifact) -> Model:
    """The bytes that are scored with are those whose digest was just taken, whatever happens to the file."""
    data = path.read_bytes()
    if digest(data) != artifact.sha256:
        raise BadInput(f"the artifact {artifact.file} changed after it was vetted; certify again")
    return Model(data=data, format=artifact.format)


def _all(context: Context, subject: Opened, recorder: Recorder, model: Model) -> str:
    """One child for all datasets, since most of its time goes into its imports."""
    folder = subject.workspace(context)
    places = {role: folder / f"{role}.scores.parquet" for role in subject.datasets}
    for out in places.values():
        out.unlink(missing_ok=True)
    isolation = context.score(
        artifact=model.data,
        format=model.format,
        datasets=[(subject.dataset(context, role), out) for role, out in places.items()],
        features=subject.manifest.features,
        key=subject.manifest.key,
        task=subject.manifest.task,
        classes=subject.manifest.label.classes,
    )
    recorder.references |= {f"{WORKSPACE}{role}": sha256_of(out) for role, out in places.items()}
    return isolation


def scores(context: Context, subject: Opened) -> dict[str, Path | None]:
    """Where the scores of each dataset lie, checked against the signed step; None where there are none.

    Raises `Tampered` when they were changed since they were signed.
    """
    step = required(context, subject.opening.case, SCORE)
    if read_product(context.store, step, "scoring", Scoring).refusal or subject.manifest.artifact is None:
        return dict.fromkeys(subject.datasets)
    folder = subject.workspace(context)
    return {name: _checked(folder / f"{name}.scores.parquet", step, name) for name in subject.datasets}


def _checked(path: Path, step: SignedStep, name: str) -> Path:
    if not path.is_file() or sha256_of(path) != step.products.get(f"{WORKSPACE}{name}"):
        raise Tampered(f"The scores of the {name} in the workspace are not those that were signed; certify again.")
    return path
