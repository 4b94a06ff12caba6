"""Steps 1 to 6 of verification: who speaks, in which form, about what, resting on what, since when."""

from hallmark.errors import Missing, Tampered, Undecidable
from hallmark.evidence.answers import answered, check_answers
from hallmark.evidence.canonical import decode
from hallmark.evidence.case import chained, read_blob
from hallmark.evidence.entry import EntryKind, of_opening, of_pack
from hallmark.evidence.envelope import open_envelope
from hallmark.evidence.ledger import open_by_any, read_ledger
from hallmark.evidence.places import pack_key, rulebooks
from hallmark.evidence.statement import CERTIFICATION, Certification, PackStatement
from hallmark.evidence.step import PAYLOAD, STATEMENT
from hallmark.evidence.told import named_step
from hallmark.evidence.trail import Trail
from hallmark.evidence.trust import accept, read_root
from hallmark.policy.role import KeyUse


def root(trail: Trail) -> str:
    """1: a root that is pinned outside the pack, and the chain of rulebooks that it accepts."""
    question = trail.question
    if question.root is None:
        raise Undecidable("No root was given, so nobody vouches for the keys; name one with --root.")
    pinned = read_root(question.root)
    try:
        trail.envelope = question.store.get(question.pack)
    except Missing as error:
        raise Undecidable(f"There is no pack at {question.store.uri(question.pack)}.") from error
    trail.chain = accept(pinned, rulebooks(question.store))
    return f"{'demo ' if pinned.demo else ''}root {pinned.name}, {len(trail.chain.accepted)} rulebook(s)"


def signature(trail: Trail) -> str:
    """2: the pack is signed by a key that a rulebook of the chain names as a certifier."""
    trail.opened = open_envelope(trail.envelope, trail.chain.keys(KeyUse.CERTIFIER), PAYLOAD)
    return f"signed by certifier {trail.opened.keyid}"


def form(trail: Trail) -> str:
    """3: the pack is canonical, of a known type, in its place, and names the rulebook that vouches for its signer."""
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


def subjects(trail: Trail) -> str:
    """4: what the pack is about, and whether that is what was asked for and the artifact at hand."""
    _check_asked(trail)
    subjects = {subject.name: subject.digest.sha256 for subject in trail.statement.subject}
    wanted = trail.question.artifact_sha256
    if wanted is not None and subjects.get("artifact") != wanted:
        raise Tampered("The artifact that was given is not the one that this pack is about.")
    checked = "the artifact given is the one" if wanted else "no artifact given to compare"
    return ", ".join(f"{name} {sha256[:16]}" for name, sha256 in sorted(subjects.items())) + f"; {checked}"


def _check_asked(trail: Trail) -> None:
    question, told = trail.question, trail.certified.opening
    asked = {
        "model": (question.model, told.model),
        "version": (question.version, told.version),
        "cohort": (question.cohort, told.cohort),
    }
    wrong = {name: pair for name, pair in asked.items() if pair[0] not in (None, pair[1])}
    if wrong:
        about, wanted = (", ".join(f"{name} {pair[side]}" for name, pair in wrong.items()) for side in (1, 0))
        raise Tampered(f"The pack is about {about}, not {wanted}.")


def evidence(trail: Trail) -> str:
    """5: every blob and step that the pack names is there with its digest, every step signed by a worker."""
    certification, store = trail.certified, trail.question.store
    for blob in certification.blobs:
        read_blob(store, blob.digest.sha256)
    keys = trail.rulebook.keys(KeyUse.WORKER)
    for named in certification.steps:
        trail.steps.append(named_step(store, certification.case, named.task, named, keys))
    chained(trail.steps)
    tasks = [step.statement.predicate.task for step in trail.steps]
    if len(set(tasks)) != len(tasks) or "open_case" not in tasks:
        raise Tampered("The pack must rest on one opening and on no task twice.")
    answered(trail)
    reviews = f" and {len(trail.reviews)} reviews" if trail.reviews else ""
    return f"{len(certification.blobs)} blobs and {len(trail.steps)} steps{reviews}, each with its digest and signature"


def ledger(trail: Trail) -> str:
    """6: the ledger holds this pack and its opening once, under the rulebook that was in force."""
    certification = trail.certified
    trail.ledger = read_ledger(trail.question.store, trail.chain)
    if trail.question.seen is not None:
        trail.ledger.extends(open_by_any(trail.question.seen, trail.chain))
    _check_rulebooks(trail)
    packs = [
        entry
        for entry in trail.ledger.of_case(certification.case, EntryKind.PACK)
        if entry.number == certification.number
    ]
    if packs != [of_pack(certification, trail.opened.sha256)]:
        raise Tampered(
            f"The ledger must hold this pack once and as it is; it holds {len(packs)} of that case and number."
        )
    _check_opening(trail, certification)
    check_answers(trail, trail.ledger.entries.index(packs[0]))
    compared = "extends what had been seen" if trail.question.seen else "nothing seen before to compare with"
    return f"entry {trail.ledger.entries.index(packs[0])} of {trail.ledger.checkpoint.size}, {compared}; {trail.as_of}"


def _check_rulebooks(trail: Trail) -> None:
    """The rulebooks of the ledger are those of the chain: one that is held back would hide what it ends."""
    entered = [entry.sha256 for entry in trail.ledger.entries if entry.kind is EntryKind.RULEBOOK]
    if entered != [accepted.sha256 for accepted in trail.chain.accepted][: len(entered)]:
        raise Tampered("The ledger holds rulebooks that are not in the chain; the source is incomplete.")


def _check_opening(trail: Trail, certification: Certification) -> None:
    """The case was opened once, by the step that the pack names, under the rulebook that was in force."""
    opened = trail.ledger.of_case(certification.case, EntryKind.OPENED)
    step = trail.opening
    if opened != (of_opening(certification.opening, step.sha256),):
        raise Tampered("The ledger must hold the opening of this case once, and it must be the one in the pack.")
    before = trail.ledger.entries[: trail.ledger.entries.index(opened[0])]
    in_force = [entry for entry in before if entry.kind is EntryKind.RULEBOOK]
    if not in_force or in_force[-1].sha256 != trail.rulebook.sha256:
        raise Tampered(f"Rulebook {certification.opening.rulebook} was not the one in force when the case was opened.")
