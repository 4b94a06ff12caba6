"""The risk score: one number to sort by, always shown with its terms."""

from collections import Counter
from collections.abc import Iterable

from hallmark.policy.appetite import Status
from hallmark.policy.control import Severity, Tier
from hallmark.verdict.finding import Finding, Risk, RiskTerm

_POINTS = {Severity.LOW: 1, Severity.MODERATE: 3, Severity.HIGH: 10, Severity.CRITICAL: 30}
_SHARE = {
    Status.SATISFIED: 0.0,
    Status.INSUFFICIENT: 0.25,
    Status.INCONCLUSIVE: 0.5,
    Status.NOT_SATISFIED: 1.0,
    Status.NOT_EVALUATED: 1.0,
}
_TIER = {Tier.LOW: 1, Tier.MEDIUM: 2, Tier.HIGH: 3}


def risk_of(findings: Iterable[Finding], tier: Tier) -> Risk:
    """Sum points x share over the findings, times the factor of the tier; 0 when all are satisfied."""
    counts = Counter((finding.expected.severity, finding.status) for finding in findings)
    terms = tuple(
        RiskTerm(severity=severity, status=status, count=count, points=count * _POINTS[severity] * _SHARE[status])
        for (severity, status), count in sorted(counts.items())
        if _SHARE[status]
    )
    return Risk(score=_TIER[tier] * sum(term.points for term in terms), tier_factor=_TIER[tier], terms=terms)


def spelled(risk: Risk, tier: Tier) -> str:
    """The score with its terms, for a person: `4.5 = tier high 3 x (1 low not satisfied + ...)`."""
    if not risk.terms:
        return "0"
    terms = " + ".join(_term(term) for term in risk.terms)
    return f"{risk.score:g} = tier {tier} {risk.tier_factor} x ({terms})"


def _term(term: RiskTerm) -> str:
    share = {0.25: " x 1/4", 0.5: " x 1/2"}.get(_SHARE[term.status], "")
    return f"{term.count} {term.severity} {term.status.replace('-', ' ')} x {_POINTS[Severity(term.severity)]}{share}"
