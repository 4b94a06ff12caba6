"""The profile of a case: every finding that is expected, and everything else that the decision rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hallmark.policy.appetite import LONGEST, Appetite
from hallmark.policy.clause import Clause
from hallmark.policy.control import SEGMENTS, Control, Phase, Policy
from hallmark.policy.expected import PROCESS, Expected, expected_of, expected_of_process
from hallmark.policy.precedence import Choice, Placed, settle
from hallmark.policy.rulebook import Entry, Rules
from hallmark.policy.scope import takes_in
from hallmark.policy.subject import Cohort, CohortRole, Manifest, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A time at which a certificate of this case lapses at the latest, and why."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the subject has to meet in this case. `unmet` names mandatory dimensions that no control covers.

    `reviewers` are those who may decide the case when the numbers leave it open; the tier says how many must.
    """

    case: str
    opened_at: datetime
    subject: Subject
    cohort: Cohort
    rulebook: int
    rulebook_sha256: str
    entry: Entry
    reviewers: tuple[str, ...]
    appetite: Appetite
    phase: Phase
    expected: tuple[Expected, ...]
    choices: tuple[Choice, ...]
    clauses: tuple[Clause, ...]
    expiries: tuple[Expiry, ...]
    unmet: tuple[str, ...]

    @property
    def needed(self) -> int:
        """How many reviewers have to agree."""
        return self.appetite.tiers.of(self.entry.tier).reviewers

    @property
    def answer_by(self) -> datetime:
        """When the time to decide a referred case is over."""
        return self.opened_at + timedelta(days=self.appetite.answer_days)

    @property
    def controlled(self) -> bool:
        """True when a policy expects at least one finding; the process facts alone are no standard."""
        return any(expected.policy != PROCESS for expected in self.expected)


def profile_of(
    *,
    case: str,
    opened_at: datetime,
    rules: Rules,
    rulebook: int,
    rulebook_sha256: str,
    subject: Subject,
    manifest: Manifest,
    cohort: Cohort,
) -> Profile:
    """Derive the profile: the rulebook after scope, phase, precedence and spread, with the reason for every choice.

    Raises `BadInput` when the model is not in the inventory or two controls cannot both hold.
    """
    entry = rules.entry(manifest.model)
    phase = Phase.ONGOING if cohort.role is CohortRole.PRODUCTION else Phase.INITIAL
    placed, left_out = _in_scope(rules, entry, opened_at)
    settled = {each: settle(placed, each) for each in Phase}
    mandatory = rules.appetite.tiers.of(entry.tier).mandatory
    # of any phase, so that a dimension counts that is judged later; after task, since what cannot apply covers nothing
    stays = [one.control for stay, _ in settled.values() for one in stay]
    covered = {control.measured.dimension for control in stays if not _without_object(control, manifest)}
    stay, removed = settled[phase]
    chosen, not_now = _in_phase(placed, stay, removed, phase, manifest)
    cited = _cited(chosen, rules.clauses)
    return Profile(
        case=case,
        opened_at=opened_at,
        subject=subject,
        cohort=cohort,
        rulebook=rulebook,
        rulebook_sha256=rulebook_sha256,
        entry=entry,
        reviewers=rules.roles.reviewers(entry.owner),
        appetite=rules.appetite,
        phase=phase,
        expected=expected_of_process() + tuple(item for one in chosen for item in expected_of(one, manifest)),
        choices=tuple(_kept(chosen)) + left_out + removed + not_now,
        clauses=cited,
        expiries=_expiries(opened_at, rules, entry, manifest, cited),
        unmet=tuple(dimension for dimension in mandatory if dimension not in covered),
    )


def _in_scope(rules: Rules, entry: Entry, opened_at: datetime) -> tuple[tuple[Placed, ...], tuple[Choice, ...]]:
    placed: list[Placed] = []
    choices: list[Choice] = []
    for policy in rules.policies:
        reason = _why_not(policy, entry, opened_at)
        for control in policy.controls:
            one = Placed(policy=policy, control=control)
            if reason:
                choices.append(Choice(control=one.name, included=False, because=reason))
            else:
                placed.append(one)
    return tuple(placed), tuple(choices)


def _why_not(policy: Policy, entry: Entry, opened_at: datetime) -> str:
    if not takes_in(policy.scope, entry):
        return f"{policy.policy} {policy.version} does not take in {entry.model}: its scope is another"
    if not policy.effective.on(opened_at.astimezone(UTC).date()):
        return f"{policy.policy} {policy.version} is not in force on {opened_at.date()}"
    return ""


def _in_phase(
    placed: tuple[Placed, ...], stay: tuple[Placed, ...], removed: tuple[Choice, ...], phase: Phase, manifest: Manifest
) -> tuple[tuple[Placed, ...], tuple[Choice, ...]]:
    """Of what stays in this phase, what the model can be asked; and a choice for everything else but the removed."""
    gone = {choice.control for choice in removed}
    reasons = {one.name: _not_applicable(one.control, phase, manifest) for one in placed if one.name not in gone}
    chosen = tuple(one for one in stay if not reasons[one.name])
    return chosen, tuple(Choice(control=name, included=False, because=why) for name, why in reasons.items() if why)


def _not_applicable(control: Control, phase: Phase, manifest: Manifest) -> str:
    if phase not in control.phase:
        return f"not part of the {phase} phase"
    return _without_object(control, manifest)


def _without_object(control: Control, manifest: Manifest) -> str:
    """Why a model of this task and with this manifest has nothing that the control could be about."""
    if manifest.task not in control.measured.tasks:
        return f"{control.measure} does not apply to {manifest.task}"
    if control.measured.decided and manifest.decision is None:
        return f"{control.measure} is about decisions, and the manifest declares none"
    if control.by == (SEGMENTS,) and not manifest.segments:
        return "the manifest declares no segments"
    if control.measured.challenger and manifest.challenger is None:
        return "the manifest names no challenger"
    if control.measured.quantile and manifest.quantile is None:
        return "the manifest declares no quantile, and at the median this is half of performance.mae"
    return ""


def _kept(chosen: tuple[Placed, ...]) -> Iterator[Choice]:
    for one in chosen:
        because = f"{one.policy.policy} {one.policy.version} takes the model in"
        yield Choice(control=one.name, included=True, because=f"{because}; {one.lost}" if one.lost else because)


def _cited(chosen: tuple[Placed, ...], clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    names = {name for one in chosen for name in one.control.satisfies}
    return tuple(clause for clause in clauses if clause.name in names)


def _expiries(
    opened_at: datetime, rules: Rules, entry: Entry, manifest: Manifest, clauses: tuple[Clause, ...]
) -> tuple[Expiry, ...]:
    """What ends the certificate, the earliest first: an end that is past already counts, since it ends it at once."""
    days = rules.appetite.tiers.of(entry.tier).validity_days
    found = [*_begins(opened_at, rules, entry, clauses), *_ends(manifest, clauses, opened_at)]
    lasts = timedelta(days=max(0, min(days, LONGEST)))
    found.append(Expiry(at=opened_at + lasts, because=f"tier {entry.tier}: {days} days"))
    return tuple(sorted(found, key=lambda one: (one.at, one.because)))


def _begins(opened_at: datetime, rules: Rules, entry: Entry, clauses: tuple[Clause, ...]) -> Iterator[Expiry]:
    """What will ask more than this profile does: clauses that it cites, and policies that will take the model in."""
    days = [(clause.name, clause.effective_from) for clause in clauses]
    policies = [policy for policy in rules.policies if takes_in(policy.scope, entry)]
    days += [(f"policy {policy.policy}", policy.effective.from_) for policy in policies]
    for name, day in days:
        begins = datetime.combine(day, time(), UTC)
        if begins > opened_at:
            yield Expiry(at=begins, because=f"{name} begins to apply")


def _ends(manifest: Manifest, clauses: tuple[Clause, ...], opened_at: datetime) -> Iterator[Expiry]:
    days = [("the basis for the processing ends", manifest.consent.until)]
    days += [(f"{clause.name} ceases to apply", clause.effective_until) for clause in clauses]
    for because, day in days:
        if day is not None and day != date.max:  # 9999-12-31 is how people write that there is no end
            ends = datetime.combine(day, time(), UTC) + timedelta(days=1)
            yield Expiry(at=ends, because=because if ends > opened_at else f"{because}, and did before the opening")
