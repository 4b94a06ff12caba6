"""Opening a case: subject, cohort and rulebook in force become a profile, signed and in the ledger."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from hallmark.errors import BadInput, Conflict, Undecidable
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.case import read_product, read_steps
from hallmark.evidence.entry import EntryKind, of_opening
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.statement import Opening
from hallmark.evidence.trust import Accepted
from hallmark.evidence.words import is_older
from hallmark.policy.names import checked
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.role import KeyUse
from hallmark.policy.subject import Cohort, Manifest, Subject
from hallmark.steps.clock import moment
from hallmark.steps.context import Context
from hallmark.steps.ledger import append
from hallmark.steps.packs import packed
from hallmark.steps.record import recording
from hallmark.steps.refusals import refusal_of

OPEN = "open_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of Airflow that asks for a certification; an empty cohort means the newest one."""

    dag_id: str
    run_id: str
    model: str
    version: str
    cohort: str
    asked_by: str
    reason: str

    @property
    def case(self) -> str:
        """The case id follows from the run, so no task has to be told."""
        return case_of(self.dag_id, self.run_id)


def case_of(dag_id: str, run_id: str) -> str:
    """First 20 hexadecimal digits of SHA-256(dag id, NUL, run id)."""
    return hashlib.sha256(f"{dag_id}\0{run_id}".encode()).hexdigest()[:20]


def open_case(context: Context, run: Run) -> Opening:
    """Open the case of `run`, or take up the opening that a killed try left.

    Raises `BadInput` when model, version or cohort are unknown, when the cohort is dated in the future, and when a
    refusal on newer data stands; `Conflict` when the case has been decided, `Unavailable` when the clock went back.
    """
    manifest_bytes = context.registry.manifest(checked("model", run.model), checked("version", run.version))
    accepted = context.chain().latest
    if packed(context, run.model, run.version, run.case):
        raise Conflict(f"Case {run.case} of this run is decided; trigger a new run to certify again.")
    before = _opened_before(context, accepted, run.case)
    asked = run if before is None or run.cohort else replace(run, cohort=before.cohort)
    cohort = chosen(context, asked, moment(context).date())
    opening = before or _opening(context, run, cohort, accepted)
    if (opening.model, opening.version, opening.cohort) != (run.model, run.version, cohort.name):
        raise Conflict(f"Case {run.case} was opened for another subject; trigger a new run.")
    if opening.rulebook != accepted.rulebook.number and not _entered(context, run.case):
        raise Conflict(f"A rulebook was published while case {run.case} was being opened; trigger a new run.")
    if not _entered(context, run.case):
        _require_standing(context, opening, cohort)
    _open(context, opening, accepted, manifest_bytes, cohort)
    return opening


def _require_standing(context: Context, opening: Opening, cohort: Cohort) -> None:
    """What was refused on newer data is not certified on older data."""
    where = f"cohort {cohort.name} of {opening.model} {opening.version}"
    if cohort.as_of > opening.opened_at.date():
        raise BadInput(
            f"{where} is dated {cohort.as_of}, in the future; register it under another name with its true date"
        )
    refusal = refusal_of(context, opening.model, opening.version)
    if refusal is not None and is_older(cohort.as_of, refusal):
        raise BadInput(
            f"{where} has data of {cohort.as_of}, and case {refusal.case} was refused on newer data, {refusal.cohort} "
            f"of {refusal.day}; certify on a newer cohort, or another version"
        )


def chosen(context: Context, run: Run, today: date) -> Cohort:
    """The cohort that was asked for, or the newest that is not dated after `today`.

    Raises `BadInput`, naming what is there.
    """
    cohorts = context.registry.cohorts(run.model, run.version)
    names = ", ".join(cohort.name for cohort in cohorts) or "none"
    wanted = [one for one in cohorts if run.cohort == one.name or (not run.cohort and one.as_of <= today)]
    if not wanted:
        raise BadInput(f"{run.model} {run.version} has no cohort {run.cohort[:80]!r}; registered cohorts: {names}")
    return wanted[-1]


def _opening(context: Context, run: Run, cohort: Cohort, accepted: Accepted) -> Opening:
    return Opening(
        case=run.case,
        model=run.model,
        version=run.version,
        cohort=cohort.name,
        rulebook=accepted.rulebook.number,
        dag_id=run.dag_id,
        run_id=run.run_id,
        asked_by=run.asked_by,
        reason=run.reason,
        opened_at=moment(context),
    )


def _opened_before(context: Context, accepted: Accepted, case: str) -> Opening | None:
    steps = read_steps(context.store, case, OPEN, accepted.keys(KeyUse.WORKER))
    return read_product(context.store, steps[0], "opening", Opening) if steps else None


def _entered(context: Context, case: str) -> bool:
    try:
        return bool(read_ledger(context.store, context.chain()).of_case(case, EntryKind.OPENED))
    except Undecidable:
        return False  # there is no ledger yet


def _open(context: Context, opening: Opening, accepted: Accepted, manifest_bytes: bytes, cohort: Cohort) -> None:
    accepted = context.chain().number(opening.rulebook)
    profile = _profile(opening, accepted, manifest_bytes, cohort)
    if not read_steps(context.store, opening.case, OPEN, accepted.keys(KeyUse.WORKER)):
        with recording(context, opening.case, OPEN) as recorder:
            recorder.products = {
                "opening": encode(opening),
                "profile": encode(profile),
                "manifest": manifest_bytes,
                "cohort": encode(cohort),
            }
            recorder.materials = {"rulebook": accepted.sha256, "data": cohort.sha256}
    step = read_steps(context.store, opening.case, OPEN, accepted.keys(KeyUse.WORKER))[0]
    if not _entered(context, opening.case):
        append(context, of_opening(opening, step.sha256))


def _profile(opening: Opening, accepted: Accepted, manifest_bytes: bytes, cohort: Cohort) -> Profile:
    manifest = decode(manifest_bytes, Manifest)
    rules = accepted.rulebook.rules
    rules.suite(manifest.suite)
    return profile_of(
        case=opening.case,
        opened_at=opening.opened_at,
        rules=rules,
        rulebook=accepted.rulebook.number,
        rulebook_sha256=accepted.sha256,
        subject=Subject(
            model=manifest.model,
            version=manifest.version,
            artifact_sha256=manifest.artifact.sha256 if manifest.artifact else None,
            manifest_sha256=digest(manifest_bytes),
        ),
        manifest=manifest,
        cohort=cohort,
    )
