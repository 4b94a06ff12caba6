"""Step 7 of verification: profile and verdict are derived again and must be the same."""

from hallmark.errors import Tampered, Undecidable
from hallmark.evidence.canonical import encode
from hallmark.evidence.case import SignedStep, observations_of, read_product
from hallmark.evidence.statement import Opening
from hallmark.evidence.told import check_told
from hallmark.evidence.trail import Trail
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.subject import Cohort, Manifest
from hallmark.verdict.decide import decide
from hallmark.verdict.judge import RULE_VERSION
from hallmark.verdict.observation import Observation


def verdict(trail: Trail) -> str:
    """7: the profile follows from rulebook, manifest and cohort, and the verdict from profile and observations."""
    certification, store = trail.certified, trail.question.store
    if certification.rule != RULE_VERSION:
        raise Undecidable(f"The verdict follows version {certification.rule} of the rule; this is {RULE_VERSION}.")
    opening = trail.opening
    if read_product(store, opening, "opening", Opening) != certification.opening:
        raise Tampered("The pack tells another opening than the signed step.")
    trail.profile = read_product(store, opening, "profile", Profile)
    if encode(_derived(trail, opening)) != encode(trail.profile):
        raise Tampered("The profile does not follow from rulebook, manifest and cohort.")
    _check_subject(trail)
    check_told(trail)
    observations: list[Observation] = []
    for step in trail.steps:
        observations += observations_of(store, step)
    again = decide(trail.profile, observations, trail.reviews, certification.verdict.at)
    if encode(again) != encode(certification.verdict):
        raise Tampered(f"Decided again, the verdict is {again.decision}; the pack says something else.")
    reviews = f" and {len(trail.reviews)} reviews" if trail.reviews else ""
    return f"decided again from {len(observations)} observations{reviews}: {again.decision}"


def _derived(trail: Trail, opening: SignedStep) -> Profile:
    store, certification = trail.question.store, trail.certified
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


def _check_subject(trail: Trail) -> None:
    opening = trail.opening
    subject, told = trail.profile.subject, trail.certified.opening
    subjects = {resource.name: resource.digest.sha256 for resource in trail.statement.subject}
    expected = {"manifest": subject.manifest_sha256}
    if subject.artifact_sha256 is not None:
        expected["artifact"] = subject.artifact_sha256
    if subjects != expected or opening.products["manifest"] != subject.manifest_sha256:
        raise Tampered("The subjects of the pack are not those of its profile.")
    if (subject.model, subject.version, trail.profile.cohort.name) != (told.model, told.version, told.cohort):
        raise Tampered("The profile is about another subject than the opening.")
