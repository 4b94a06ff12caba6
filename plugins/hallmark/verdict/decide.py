"""The one function that decides: profile and observations in, verdict out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hallmark.measures import MEASURES, Kind
from hallmark.policy.appetite import Effect, Status
from hallmark.policy.expected import Expected, Key
from hallmark.policy.profile import Expiry, Profile
from hallmark.verdict.finding import USABLE, Condition, Decision, Finding, Verdict
from hallmark.verdict.judge import NOT_EVALUATED, Estimate, Judgement, Limits, judge_fact, judge_sample
from hallmark.verdict.observation import Observation
from hallmark.verdict.review import Review
from hallmark.verdict.risk import risk_of
from hallmark.verdict.ruling import Ruling, after_review
from hallmark.verdict.sentence import sentence

_DECISIONS = {
    Effect.PASS: Decision.CERTIFIED,
    Effect.CONDITION: Decision.CONDITIONAL,
    Effect.REFER: Decision.REFERRED,
    Effect.REFUSE: Decision.REFUSED,
}


_GRAVITY = (
    Status.NOT_SATISFIED,
    Status.NOT_EVALUATED,
    Status.INCONCLUSIVE,
    Status.INSUFFICIENT,
    Status.SATISFIED,
)


def decide(profile: Profile, observations: Iterable[Observation], reviews: Iterable[Review], at: datetime) -> Verdict:
    """Return the verdict at `at`: a loop over the expected keys, the worst effect counts.

    What was not delivered, or was delivered twice, is not evaluated. Observations that nobody expects change nothing.
    Reviews, in the order of the ledger, decide what the numbers refer to a person, and nothing else.
    """
    delivered = _by_key(observations)
    findings = _resolved([_find(profile, expected, delivered.get(expected.key, [])) for expected in profile.expected])
    numbers = Ruling(*_decision(profile, findings))
    ruling = after_review(profile, numbers, tuple(reviews), at)
    decision = ruling.decision
    conditions = (*_conditions(profile, findings), *ruling.conditions) if decision is Decision.CONDITIONAL else ()
    expiry = _expiry(profile, conditions) if decision in USABLE else None
    return Verdict(
        decision=decision,
        because=ruling.because,
        at=at,
        expires_at=expiry.at if expiry else None,
        expires_because=expiry.because if expiry else "",
        findings=tuple(findings),
        conditions=conditions,
        risk=risk_of(findings, profile.entry.tier),
        said=ruling.said,
    )


def _by_key(observations: Iterable[Observation]) -> dict[Key, list[Observation]]:
    delivered: dict[Key, list[Observation]] = {}
    for observation in observations:
        delivered.setdefault(observation.key, []).append(observation)
    return delivered


def _find(profile: Profile, expected: Expected, delivered: Sequence[Observation]) -> Finding:
    observation = delivered[0] if len(delivered) == 1 else None
    judgement = _judged(expected, observation)
    said = sentence(expected, observation, judgement, times=len(delivered))
    return Finding(
        expected=expected,
        observation=observation,
        status=judgement.status,
        effect=profile.appetite.effects.of(expected.severity, judgement.status),
        margin=judgement.margin,
        needed=judgement.needed,
        sentence=said,
    )


def _judged(expected: Expected, observation: Observation | None) -> Judgement:
    measure = MEASURES[expected.key.measure]
    undeclared = bool(expected.key.attribute) and not expected.key.group
    if undeclared or observation is None or not measure.admits(observation.value):
        return NOT_EVALUATED
    if measure.kind is Kind.FACT:
        return judge_fact(expected.require, observation.value)
    if expected.expect is None:
        return NOT_EVALUATED
    limits = Limits(bound=expected.require, tolerance=expected.tolerance, expect=expected.expect)
    return judge_sample(limits, expected.proof, expected.keys, _estimate(observation))


def _estimate(observation: Observation) -> Estimate | None:
    value, low, high, n = observation.value, observation.low, observation.high, observation.n
    if value is None or low is None or high is None or n is None:
        return None
    return Estimate(value=value, low=low, high=high, n=n)


def _resolved(findings: list[Finding]) -> list[Finding]:
    """Settle `condition-or-refer`: it refers when nothing of that control and attribute could be established."""
    open_ = {Status.INSUFFICIENT, Status.NOT_EVALUATED}
    established = {_family(finding) for finding in findings if finding.status not in open_}
    return [_settled(finding, _family(finding) in established) for finding in findings]


def _family(finding: Finding) -> tuple[str, str, str]:
    return finding.expected.policy, finding.expected.control, finding.expected.key.attribute


def _settled(finding: Finding, established: bool) -> Finding:
    if finding.effect is not Effect.CONDITION_OR_REFER:
        return finding
    return replace(finding, effect=Effect.CONDITION if established else Effect.REFER)


def _decision(profile: Profile, findings: Sequence[Finding]) -> tuple[Decision, str]:
    if profile.unmet or not profile.controlled:
        lacking = ", ".join(profile.unmet) or "anything"
        return Decision.REFUSED, f"no-standard: no control in this rulebook covers {lacking} for this model."
    worst = max((finding.effect for finding in findings), key=lambda effect: effect.weight)
    decisive = sorted((finding for finding in findings if finding.effect is worst), key=_gravest_first)
    over = [expiry for expiry in profile.expiries if expiry.at <= profile.opened_at]
    if over and worst is not Effect.REFUSE:
        return Decision.REFUSED, f"out-of-date: a certificate would have ended before the opening ({over[0].because})."
    return _DECISIONS[worst], _because(worst, decisive)


def _gravest_first(finding: Finding) -> int:
    return _GRAVITY.index(finding.status)


def _because(worst: Effect, decisive: Sequence[Finding]) -> str:
    if worst is Effect.PASS:
        return f"All {len(decisive)} findings are satisfied."
    verb = {Effect.CONDITION: "set a condition", Effect.REFER: "need a person", Effect.REFUSE: "refuse"}[worst]
    first, others = decisive[0], len(decisive) - 1
    more = f" and {others} more" if others else ""
    counted = f"{len(decisive)} findings {verb}" if others else f"One finding {_singular(verb)}"
    return f"{counted}: {first.expected.control}{more}. {first.sentence}"


def _singular(verb: str) -> str:
    word, _, rest = verb.partition(" ")
    return f"{word}s {rest}".rstrip()


def _conditions(profile: Profile, findings: Sequence[Finding]) -> tuple[Condition, ...]:
    """One condition for each control that sets one; the owner of the model has to meet it."""
    due = profile.opened_at + timedelta(days=profile.appetite.condition_days)
    actions = {
        f"{finding.expected.policy}/{finding.expected.control}": finding.expected.remedy
        for finding in findings
        if finding.effect is Effect.CONDITION
    }
    return tuple(
        Condition(control=control, owner=profile.entry.owner, action=action, due=due)
        for control, action in actions.items()
    )


def _expiry(profile: Profile, conditions: Sequence[Condition]) -> Expiry:
    dues = [Expiry(at=condition.due, because=f"condition of {condition.control}") for condition in conditions]
    return min([*profile.expiries, *dues], key=lambda expiry: (expiry.at, expiry.because))
