"""What a rulebook may not contain: every problem at once, in sentences."""

import math
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

from hallmark.errors import BadInput
from hallmark.measures import MEASURES, Kind, Measure, Spread
from hallmark.policy.clause import Clause
from hallmark.policy.control import CLASSES, FEATURES, SEGMENTS, Control, Phase, Policy, Proof, Severity
from hallmark.policy.groups import CROSS
from hallmark.policy.lint_appetite import of_appetite
from hallmark.policy.lint_people import own_nothing, spelled
from hallmark.policy.lint_reach import of_clause, of_inventory, of_scope
from hallmark.policy.precedence import Placed, circles, settle
from hallmark.policy.rulebook import Rules
from hallmark.policy.scope import contains, takes_in


def lint(rules: Rules, on: date) -> list[str]:
    """Return a sentence for each problem; an empty list means that the rules may be published on that day."""
    clauses = {clause.name: clause for clause in rules.clauses}
    problems = [*_names(rules), *spelled(rules), *own_nothing(rules), *of_appetite(rules.appetite)]
    problems += [*_ties(rules), *_reviewers(rules)]
    problems += [problem for clause in rules.clauses for problem in of_clause(clause)]
    problems += of_inventory(rules.inventory)
    void = circles(rules.policies)
    for policy in rules.policies:
        found = [*_policy(policy, on), *_overrides(policy, rules, void), *of_scope(policy, rules)]
        problems += [f"{policy.policy}: {problem}" for problem in found]
        for control in policy.controls:
            found = list(_control(control)) + list(_citations(control, policy, clauses))
            problems += [f"{policy.policy}/{control.id}: {problem}" for problem in found]
    return problems


def _names(rules: Rules) -> Iterator[str]:
    named = {
        "policy": [policy.policy for policy in rules.policies],
        "control": [f"{policy.policy}/{control.id}" for policy in rules.policies for control in policy.controls],
        "clause": [clause.name for clause in rules.clauses],
        "model": [entry.model for entry in rules.inventory],
        "person": [person.name for person in rules.roles.people],
        "key": [key.key_id for key in rules.roles.keys],
    }
    for kind, names in named.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield f"{kind} {name} stands {times} times; a name stands once"


def _policy(policy: Policy, on: date) -> Iterator[str]:
    if policy.effective.until is not None and policy.effective.until < policy.effective.from_:
        yield "is over before it begins; put its dates in order"
    elif policy.effective.until is not None and policy.effective.until < on:
        yield f"ended on {policy.effective.until} and asks nothing any more; remove it, or let it end later"


def _overrides(policy: Policy, rules: Rules, void: Collection[tuple[str, str]]) -> Iterator[str]:
    known = {f"{other.policy}/{control.id}" for other in rules.policies for control in other.controls}
    for override in policy.overrides:
        if override.control not in known:
            yield f"overrides {override.control}, which does not exist"
        if (policy.policy, override.control) in void:
            yield f"overrides {override.control}, whose policy overrides it in turn; remove one of the overrides"


def _reviewers(rules: Rules) -> Iterator[str]:
    """Whoever is asked must be able to answer: enough people for every model."""
    for entry in rules.inventory:
        may, needed = rules.roles.reviewers(entry.owner), rules.appetite.tiers.of(entry.tier).reviewers
        if needed < 1:
            yield f"appetite: tier {entry.tier} needs a reviewer at least, else a referred case would decide itself"
        if len(may) < needed:
            names = ", ".join(may) or "nobody"
            yield f"{entry.model}: tier {entry.tier} needs {needed} reviewers, and its owner aside there are: {names}"


def _ties(rules: Rules) -> Iterator[str]:
    """What cannot both hold for a model of the inventory; dates aside, since two policies may come to overlap."""
    for entry in rules.inventory:
        policies = [policy for policy in rules.policies if takes_in(policy.scope, entry)]
        known = [Placed(policy=policy, control=control) for policy in policies for control in policy.controls]
        try:
            for phase in Phase:
                settle(tuple(one for one in known if one.control.measure in MEASURES), phase)
        except BadInput as error:
            yield f"{entry.model}: {error}"


def _control(control: Control) -> Iterator[str]:
    measure = MEASURES.get(control.measure)
    if measure is None:
        yield f"no measure is called {control.measure!r}"
        return
    if not measure.gate:
        yield f"{measure.name} is shown and never judged: {measure.note}"
    if not control.phase:
        yield "is part of no phase, so it would never be asked; name initial, ongoing or both"
    yield from _bound(control, measure)
    yield from _by(control, measure)
    if measure.kind is Kind.SAMPLE:
        yield from _room(control, measure)


def _bound(control: Control, measure: Measure) -> Iterator[str]:
    if measure.ratio and not control.require.two_sided:
        yield "a ratio needs `between`: whoever picks the reference group could pick a disadvantaged one"
    if (control.require.is_ is not None) != (measure.unit == "yes/no"):
        yield "`is` goes with a yes/no measure and with no other"
    for end in (control.require.floor, control.require.ceiling):
        below = end is not None and measure.low is not None and end < measure.low
        above = end is not None and measure.high is not None and end > measure.high
        if below or above:
            yield f"the bound {end} lies outside the range of {measure.name}"


def _by(control: Control, measure: Measure) -> Iterator[str]:
    if measure.spread is Spread.NONE and control.by:
        yield f"{measure.name} is not spread; remove `by`"
    if measure.spread is Spread.FEATURES and control.by != (FEATURES,):
        yield f"{measure.name} needs `by: features`"
    if measure.spread is Spread.SEGMENTS and control.by != (SEGMENTS,):
        yield f"{measure.name} needs `by: segments`"
    if measure.spread is Spread.CLASSES and control.by != (CLASSES,):
        yield f"{measure.name} needs `by: classes`"
    if measure.spread is Spread.ATTRIBUTES and (not control.by or {CLASSES, FEATURES, SEGMENTS} & set(control.by)):
        yield f"{measure.name} needs `by` with the names of attributes"
    if len(set(control.by)) != len(control.by):
        yield "`by` names something twice"
    for name in control.by:
        parts = name.split(CROSS)
        if not all(parts) or len(set(parts)) < len(parts):
            yield f"`by` names {name!r}; cross attributes that differ, as sex*age_band"


def _room(control: Control, measure: Measure) -> Iterator[str]:
    if control.proof is Proof.OF_BREACH and control.severity is Severity.CRITICAL:
        yield "a critical control is never of-breach"
    if control.tolerance <= 0:
        yield "a sample needs a tolerance above 0"
    yield from _edges(control, measure)
    if control.expected_value is None:
        yield f"{measure.name} has no parity; say with `expect` what a good model shows"
    elif not control.require.met_by(control.expected_value):
        yield f"`expect` {control.expected_value} does not meet the bound, so no good model could pass"


def _edges(control: Control, measure: Measure) -> Iterator[str]:
    floor, ceiling = control.require.floor, control.require.ceiling
    if floor is not None and measure.low is not None and floor - control.tolerance < measure.low:
        yield f"the tolerance moves the floor below {measure.low:g}, so nothing could be shown"
    if ceiling is not None and measure.high is not None and ceiling + control.tolerance > measure.high:
        yield f"the tolerance moves the ceiling above {measure.high:g}, so nothing could be shown"
    if not math.isfinite(control.tolerance):
        yield "a tolerance is a finite number"


def _citations(control: Control, policy: Policy, clauses: dict[str, Clause]) -> Iterator[str]:
    for name in control.satisfies:
        clause = clauses.get(name)
        if clause is None:
            yield f"cites {name}, which is not among the clauses"
        elif not contains(clause.scope, policy.scope):
            yield f"cites {name}, whose scope does not contain that of the policy"
        elif _outlives(policy, clause):
            yield f"cites {name}, which ends on {clause.effective_until}; let the policy end by then or cite another"


def _outlives(policy: Policy, clause: Clause) -> bool:
    ends = policy.effective.until
    return clause.effective_until is not None and (ends is None or ends > clause.effective_until)
