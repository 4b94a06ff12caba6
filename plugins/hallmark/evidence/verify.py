"""Verification in eight numbered steps, from a store or an export and a root alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from hallmark.errors import HallmarkError, Missing, Tampered, Unavailable, Undecidable
from hallmark.evidence.canonical import decode, encode, rfc3339
from hallmark.evidence.case import WORKSPACE, SignedStep, observations_of, read_blob, read_product, read_step
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.envelope import Opened, open_envelope
from hallmark.evidence.ledger import Ledger, open_by_any, read_ledger
from hallmark.evidence.places import pack_key, rulebook_key
from hallmark.evidence.statement import CERTIFICATION, Certification, Opening, PackStatement
from hallmark.evidence.step import PAYLOAD, STATEMENT
from hallmark.evidence.trust import Accepted, Chain, accept, read_root
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.role import KeyUse
from hallmark.policy.subject import Cohort, Manifest
from hallmark.ports import Store
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision
from hallmark.verdict.judge import RULE_VERSION
from hallmark.verdict.observation import Observation


class Outcome(IntEnum):
    """The exit code of `hallmark verify`."""

    USABLE = 0
    NOT_USABLE = 1
    WRONG = 2
    CANNOT_TELL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the eight steps: what was found, in a sentence."""

    number: int
    title: str
    says: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome with the steps that were taken; `certification` is set once its signature and form hold."""

    outcome: Outcome
    checks: tuple[Check, ...]
    certification: Certification | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be verified: a pack in a store, against a root; `at` is the time for which the answer holds."""

    store: Store
    pack: str
    root: bytes | None
    at: datetime
    artifact_sha256: str | None = None
    seen: bytes | None = None


TITLES = (
    "root and chain of rulebooks",
    "signature of a certifier",
    "canonical form and types",
    "subjects",
    "blobs and steps",
    "ledger",
    "the verdict follows",
    "not expired, revoked or superseded",
)


@dataclass(slots=True, kw_only=True)
class _Trail:
    """What the steps before have established for the steps after."""

    question: Question
    chain: Chain = field(init=False)
    envelope: bytes = field(init=False)
    opened: Opened = field(init=False)
    certification: Certification | None = None
    statement: PackStatement = field(init=False)
    rulebook: Accepted = field(init=False)
    blobs: dict[str, bytes] = field(default_factory=dict)
    steps: list[SignedStep] = field(default_factory=list)
    ledger: Ledger = field(init=False)
    profile: Profile = field(init=False)
    usable: bool = False


def verify(question: Question) -> Verification:
    """Take the eight steps in order and stop at the first that does not hold."""
    trail = _Trail(question=question)
    checks: list[Check] = []
    outcome = Outcome.CANNOT_TELL
    for number, (title, step) in enumerate(zip(TITLES, _STEPS, strict=True), start=1):
        try:
            says = step(trail)
        except HallmarkError as error:
            outcome = _outcome_of(error)
            checks.append(Check(number=number, title=title, says=str(error), ok=False))
            return Verification(outcome=outcome, checks=tuple(checks), certification=trail.certification)
        checks.append(Check(number=number, title=title, says=says, ok=number < len(TITLES) or trail.usable))
    outcome = Outcome.USABLE if trail.usable else Outcome.NOT_USABLE
    return Verification(outcome=outcome, checks=tuple(checks), certification=trail.certification)


def _outcome_of(error: HallmarkError) -> Outcome:
    return Outcome.CANNOT_TELL if isinstance(error, Undecidable | Unavailable) else Outcome.WRONG


def _root(trail: _Trail) -> str:
    question = trail.question
    if question.root is None:
        raise Undecidable("No root was given, so nobody vouches for the keys; name one with --root.")
    root = read_root(question.root)
    try:
        trail.envelope = question.store.get(question.pack)
    except Missing as error:
        raise Undecidable(f"There is no pack at {question.store.uri(question.pack)}.") from error
    trail.chain = accept(root, rulebooks(question.store))
    return f"{'demo ' if root.demo else ''}root {root.name}, {len(trail.chain.accepted)} rulebook(s)"


def rulebooks(store: Store) -> Iterator[bytes]:
    """Yield the envelopes of the rulebooks in a store, from number 1 to the last."""
    for number in range(1, sum(1 for _ in store.keys("rulebooks/")) + 1):
        yield store.get(rulebook_key(number))


def _signature(trail: _Trail) -> str:
    keys: dict[str, bytes] = {}
    for accepted in trail.chain.accepted:
        keys |= accepted.keys(KeyUse.CERTIFIER)
    trail.opened = open_envelope(trail.envelope, keys, PAYLOAD)
    return f"signed by certifier {trail.opened.keyid}"


def _form(trail: _Trail) -> str:
    statement = decode(trail.opened.payload, PackStatement)
    if (statement._type, statement.predicateType) != (STATEMENT, CERTIFICATION):
        raise Undecidable(f"The statement is a {statement.predicateType!r}; this version reads {CERTIFICATION!r}.")
    certification = statement.predicate
    opening = certification.opening
    trail.rulebook = trail.chain.number(opening.rulebook)
    if trail.rulebook.sha256 != certification.rulebook_sha256:
        raise Tampered(f"The pack names another rulebook {opening.rulebook} than the chain holds.")
    if trail.opened.keyid not in trail.rulebook.keys(KeyUse.CERTIFIER):
        raise Tampered(f"Rulebook {opening.rulebook} does not name the key that signed the pack as a certifier.")
    if certification.demo != trail.chain.root.demo:
        raise Tampered("The pack and the root disagree about whether this is a demo.")
    place = pack_key(opening.model, opening.version, certification.case, certification.number)
    if place != trail.question.pack or opening.case != certification.case:
        raise Tampered(f"The pack belongs at {place} and lies at {trail.question.pack}.")
    trail.statement, trail.certification = statement, certification
    return f"canonical; rulebook {opening.rulebook}"


def _subjects(trail: _Trail) -> str:
    subjects = {subject.name: subject.digest.sha256 for subject in trail.statement.subject}
    wanted = trail.question.artifact_sha256
    if wanted is not None and subjects.get("artifact") != wanted:
        raise Tampered("The artifact that was given is not the one that this pack is about.")
    checked = "the artifact given is the one" if wanted else "no artifact given to compare"
    return ", ".join(f"{name} {sha256[:16]}" for name, sha256 in sorted(subjects.items())) + f"; {checked}"


def _evidence(trail: _Trail) -> str:
    certification, store = _certification(trail), trail.question.store
    trail.blobs = {blob.name: read_blob(store, blob.digest.sha256) for blob in certification.blobs}
    keys = trail.rulebook.keys(KeyUse.WORKER)
    for reference in certification.steps:
        step = read_step(store, certification.case, reference.task, reference.sha256, keys)
        for name, sha256 in step.products.items():
            if not name.startswith(WORKSPACE):
                read_blob(store, sha256)
        trail.steps.append(step)
    tasks = [step.statement.predicate.task for step in trail.steps]
    if len(set(tasks)) != len(tasks) or "open_case" not in tasks:
        raise Tampered("The pack must rest on one opening and on no task twice.")
    return f"{len(trail.blobs)} blobs and {len(trail.steps)} steps, each with its digest and signature"


def _ledger(trail: _Trail) -> str:
    certification = _certification(trail)
    trail.ledger = read_ledger(trail.question.store, trail.chain)
    if trail.question.seen is not None:
        trail.ledger.extends(open_by_any(trail.question.seen, trail.chain))
    packs = [
        entry
        for entry in trail.ledger.of_case(certification.case, EntryKind.PACK)
        if entry.number == certification.number
    ]
    if len(packs) != 1 or packs[0].sha256 != trail.opened.sha256:
        raise Tampered(f"The ledger must hold this pack once; it holds {len(packs)} of that case and number.")
    if packs[0].decision != certification.verdict.decision:
        raise Tampered("The ledger and the pack tell different verdicts.")
    _check_opening(trail, certification)
    return f"entry {trail.ledger.entries.index(packs[0])} of {trail.ledger.checkpoint.size}, {_as_of(trail)}"


def _check_opening(trail: _Trail, certification: Certification) -> None:
    """The case was opened once, by the step that the pack names, under the rulebook that was in force."""
    opened = trail.ledger.of_case(certification.case, EntryKind.OPENED)
    step = next(step for step in trail.steps if step.statement.predicate.task == "open_case")
    if len(opened) != 1 or opened[0].sha256 != step.sha256:
        raise Tampered("The ledger must hold the opening of this case once, and it must be the one in the pack.")
    before = trail.ledger.entries[: trail.ledger.entries.index(opened[0])]
    in_force = [entry for entry in before if entry.kind is EntryKind.RULEBOOK]
    if not in_force or in_force[-1].sha256 != trail.rulebook.sha256:
        raise Tampered(f"Rulebook {certification.opening.rulebook} was not the one in force when the case was opened.")


def _verdict(trail: _Trail) -> str:
    certification, store = _certification(trail), trail.question.store
    if certification.rule != RULE_VERSION:
        raise Undecidable(f"The verdict follows version {certification.rule} of the rule; this is {RULE_VERSION}.")
    opening = next(step for step in trail.steps if step.statement.predicate.task == "open_case")
    if read_product(store, opening, "opening", Opening) != certification.opening:
        raise Tampered("The pack tells another opening than the signed step.")
    trail.profile = read_product(store, opening, "profile", Profile)
    if encode(_derived(trail, opening)) != encode(trail.profile):
        raise Tampered("The profile does not follow from rulebook, manifest and cohort.")
    _check_subject(trail)
    observations: list[Observation] = []
    for step in trail.steps:
        observations += observations_of(store, step)
    again = decide(trail.profile, observations, certification.verdict.at)
    if encode(again) != encode(certification.verdict):
        raise Tampered(f"Decided again, the verdict is {again.decision}; the pack says something else.")
    return f"decided again from {len(observations)} observations: {again.decision}"


def _derived(trail: _Trail, opening: SignedStep) -> Profile:
    store, certification = trail.question.store, _certification(trail)
    return profile_of(
        case=certification.case,
        opened_at=certification.opening.opened_at,
        rules=trail.rulebook.rulebook.rules,
        rulebook=certification.opening.rulebook,
        rulebook_sha256=trail.rulebook.sha256,
        subject=trail.profile.subject,
        manifest=read_product(store, opening, "manifest", Manifest),
        cohort=read_product(store, opening, "cohort", Cohort),
    )


def _check_subject(trail: _Trail) -> None:
    opening = next(step for step in trail.steps if step.statement.predicate.task == "open_case")
    subject, told = trail.profile.subject, _certification(trail).opening
    subjects = {resource.name: resource.digest.sha256 for resource in trail.statement.subject}
    expected = {"manifest": subject.manifest_sha256}
    if subject.artifact_sha256 is not None:
        expected["artifact"] = subject.artifact_sha256
    if subjects != expected or opening.products["manifest"] != subject.manifest_sha256:
        raise Tampered("The subjects of the pack are not those of its profile.")
    if (subject.model, subject.version, trail.profile.cohort.name) != (told.model, told.version, told.cohort):
        raise Tampered("The profile is about another subject than the opening.")


def _standing(trail: _Trail) -> str:
    reasons = list(_against(trail))
    trail.usable = not reasons
    verdict = _certification(trail).verdict
    if reasons:
        return "; ".join(reasons) + f"; {_as_of(trail)}"
    until = rfc3339(verdict.expires_at) if verdict.expires_at else "no date"
    return f"{verdict.decision} until {until} ({verdict.expires_because}); {_as_of(trail)}"


def _against(trail: _Trail) -> Iterator[str]:
    certification, at = _certification(trail), trail.question.at
    verdict = certification.verdict
    if verdict.decision not in (Decision.CERTIFIED, Decision.CONDITIONAL):
        yield verdict.decision.value
    if at < verdict.at:
        yield f"not valid before {rfc3339(verdict.at)}"
    if verdict.expires_at is not None and at >= verdict.expires_at:
        yield f"expired {rfc3339(verdict.expires_at)} ({verdict.expires_because})"
    yield from _superseded(trail.ledger, certification)
    yield from _lapsed(trail.chain, certification.opening.rulebook, at)


def _superseded(ledger: Ledger, certification: Certification) -> Iterator[str]:
    opening = certification.opening
    packs = ledger.packs(opening.model, opening.version)
    own = next(index for index, entry in enumerate(packs) if entry.case == certification.case)
    decided = [entry for entry in packs[own + 1 :] if entry.decision != Decision.REFERRED]
    if decided:
        last = decided[-1]
        yield f"superseded by case {last.case} ({last.decision} on {last.cohort})"


def _lapsed(chain: Chain, number: int, at: datetime) -> Iterator[str]:
    for newer in chain.accepted[number : number + 1]:
        ends = newer.rulebook.issued_at + timedelta(days=newer.rulebook.rules.grace_days)
        if at >= ends:
            yield f"lapsed {rfc3339(ends)} under rulebook {newer.rulebook.number}"


def _as_of(trail: _Trail) -> str:
    checkpoint = trail.ledger.checkpoint
    return f"as of checkpoint {checkpoint.size}, {rfc3339(checkpoint.at)}"


def _certification(trail: _Trail) -> Certification:
    if trail.certification is None:
        raise Undecidable("The form of the pack has not been established.")
    return trail.certification


_STEPS = (_root, _signature, _form, _subjects, _evidence, _ledger, _verdict, _standing)
