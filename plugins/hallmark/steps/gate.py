"""The gate, last and whatever happened before: check the steps, decide, sign, write the pack, append to the ledger."""

from collections.abc import Iterator

from hallmark import __version__
from hallmark.assess.registry import ASSESSED
from hallmark.errors import Missing, Tampered
from hallmark.evidence.case import (
    SignedStep,
    agreed,
    chained,
    observations_of,
    read_products,
    read_step,
    read_steps,
)
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.notes import MISSING, STORE, UNAIDED, evident
from hallmark.evidence.statement import Certification
from hallmark.evidence.step import resource
from hallmark.evidence.told import cpu_seconds, earlier, reference, reviewer_minutes
from hallmark.policy.expected import Key
from hallmark.policy.role import KeyUse
from hallmark.steps.clock import moment
from hallmark.steps.context import Context
from hallmark.steps.issue import Evidence, entered, issue
from hallmark.steps.open_case import OPEN
from hallmark.steps.opened import Opened, opened
from hallmark.steps.packs import packed
from hallmark.steps.record import recording
from hallmark.steps.score import SCORE
from hallmark.steps.vet import VET
from hallmark.verdict.decide import decide
from hallmark.verdict.judge import RULE_VERSION
from hallmark.verdict.observation import Observation

GATE = "gate"

TASKS = (OPEN, VET, SCORE, *(dimension.name for dimension in ASSESSED))
"""Every task that has to leave a signed step before the gate."""


def gate(context: Context, case: str, *, completed: bool = True) -> Certification:
    """Decide the case and write its pack; a pack that is there already only gets its missing place in the ledger.

    `completed` is False when the sweeper closes a case whose process never came here. Raises `Missing` when the case
    was never opened: there is then nothing to decide.
    """
    subject = opened(context, case)
    told = subject.opening
    entry = _entry(context, case)
    if not packed(context, told.model, told.version, case):
        _write(context, subject, entry, completed)
    return entered(context, subject, 1)


def _entry(context: Context, case: str) -> Entry:
    """A signed opening that never reached the ledger is no case: nobody could tell which rulebook was in force."""
    entries = read_ledger(context.store, context.chain()).of_case(case, EntryKind.OPENED)
    if not entries:
        raise Missing(f"The opening of case {case} is not in the ledger; trigger a new run.")
    return entries[0]


def _write(context: Context, subject: Opened, entry: Entry, completed: bool) -> None:
    evidence = _gather(context, subject, entry, completed)
    issue(context, subject, _certification(context, subject, evidence), evidence)


def _gather(context: Context, subject: Opened, entry: Entry, completed: bool) -> Evidence:
    steps, conflicts = _steps(context, subject, entry)
    own = _observe_process(context, subject, completed, not conflicts)
    counted = (*steps, own)
    observations = tuple(item for step in counted for item in observations_of(context.store, step))
    return Evidence(steps=counted, observations=observations, notes=(*conflicts, *_notes(context, subject, steps)))


def _steps(context: Context, subject: Opened, entry: Entry) -> tuple[tuple[SignedStep, ...], tuple[str, ...]]:
    """The steps on which all tries of a task agree, and a sentence for each task whose evidence is in conflict."""
    case, keys = subject.opening.case, _worker_keys(context, subject)
    steps: list[SignedStep] = []
    conflicts: list[str] = []
    for task in TASKS:
        try:
            found = read_steps(context.store, case, task, keys)
            step = agreed(found, entry.sha256)
            if step is not None:
                read_products(context.store, step)
                observations_of(context.store, step)
        except (Tampered, Missing) as error:
            conflicts.append(str(error))
            continue
        if step is not None:
            steps.append(step)
        elif found:
            conflicts.append(f"{task} was signed {len(found)} times with different products; none of them counts")
    return _chained(steps, conflicts)


def _chained(steps: list[SignedStep], conflicts: list[str]) -> tuple[tuple[SignedStep, ...], tuple[str, ...]]:
    """Nothing counts beside the opening when a step rests on another that is gone: who took it away is not known."""
    try:
        chained(steps)
    except Tampered as error:
        return tuple(steps[:1]), (*conflicts, str(error))
    return tuple(steps), tuple(conflicts)


def _observe_process(context: Context, subject: Opened, completed: bool, agree: bool) -> SignedStep:
    facts = {"process.completed": completed, "process.steps_agree": agree}
    with recording(context, subject.opening.case, GATE) as recorder:
        recorder.observe(
            tuple(
                Observation(key=Key(measure=name), value=float(holds), method=GATE, tool=f"hallmark {__version__}")
                for name, holds in facts.items()
            )
        )
    return read_step(context.store, subject.opening.case, GATE, recorder.sha256, _worker_keys(context, subject))


def _notes(context: Context, subject: Opened, steps: tuple[SignedStep, ...]) -> Iterator[str]:
    present = {step.statement.predicate.task for step in steps}
    missing = [task for task in TASKS if task not in present]
    if missing:
        yield f"{MISSING}{', '.join(missing)}"
    yield from evident(context.store, steps, subject.profile)
    yield f"{STORE}{context.store.protection()}"
    yield UNAIDED


def _certification(context: Context, subject: Opened, evidence: Evidence) -> Certification:
    chain = context.chain()
    accepted = chain.number(subject.opening.rulebook)
    verdict = decide(subject.profile, evidence.observations, (), moment(context))
    steps = tuple(reference(step) for step in evidence.steps)
    return Certification(
        case=subject.opening.case,
        number=1,
        opening=subject.opening,
        rule=RULE_VERSION,
        rulebook_sha256=accepted.sha256,
        demo=chain.root.demo,
        verdict=verdict,
        limits=subject.manifest.limits,
        first_sha256=None,
        reviews=(),
        steps=steps,
        blobs=(resource("suite", accepted.rulebook.rules.suite(subject.manifest.suite).sha256),),
        earlier=earlier(read_ledger(context.store, chain).entries, subject.opening.model),
        cpu_seconds=cpu_seconds(steps),
        reviewer_minutes=reviewer_minutes(()),
        notes=evidence.notes,
        hallmark=__version__,
    )


def _worker_keys(context: Context, subject: Opened) -> dict[str, bytes]:
    return context.chain().number(subject.opening.rulebook).keys(KeyUse.WORKER)
