"""Who is in the data: groups declared and present, their weight against the training data, and whose values lack."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from hallmark.assess.assignment import Assignment
from hallmark.assess.data_quality.queries import Member, members
from hallmark.assess.data_quality.reported import fact, sample, training_of
from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import Interval, difference, ratio, undefined
from hallmark.policy.expected import Key
from hallmark.policy.groups import CROSS, attribute_of
from hallmark.policy.subject import POOLED, Attribute, Manifest
from hallmark.verdict.observation import Observation

Found = Mapping[str, Mapping[str, Member]]
"""Rows and gaps by name of an attribute (or of a crossing of two) and its declared groups."""


def groups(assignment: Assignment) -> tuple[tuple[Observation, ...], Mapping[str, object]]:
    """Report groups declared and present, representation and missingness for each compared group."""
    data, manifest = assignment.data, assignment.manifest
    missing = data.missing()
    # A feature without any value differs between no groups, and would hide every other; one without a gap has none.
    features = [feature for feature in manifest.features if 0 < missing[feature] < data.rows]
    everyone, trained = members(data, features), members(assignment.training)
    now, then = _by_group(manifest, everyone), _by_group(manifest, trained)
    compared = [(one, group) for one in _attributes(manifest) for group in one.compared]
    observations = (
        _declared(data, everyone),
        _present(manifest, now),
        *(_representation(assignment, one, group, now[one.name], then[one.name]) for one, group in compared),
        *(_missingness(one, group, now[one.name]) for one, group in compared),
    )
    declared = {
        one.name: {group: _counts(now[one.name][group], then[one.name][group], features) for group in one.groups}
        for one in manifest.attributes
    }
    crossed = {name: _crossed(now[name], then[name], assignment.minimum_cell) for name in now if name not in declared}
    return observations, {**declared, **crossed}


def _attributes(manifest: Manifest) -> Iterator[Attribute]:
    """Yield each declared attribute and each crossing of two."""
    yield from manifest.attributes
    for pair in combinations([one.name for one in manifest.attributes], 2):
        crossed = attribute_of(manifest, CROSS.join(pair))
        if crossed is not None:
            yield crossed


def _by_group(manifest: Manifest, everyone: Sequence[Member]) -> Found:
    places = {one.name: place for place, one in enumerate(manifest.attributes)}
    declared = {one.name: one.groups for one in manifest.attributes}
    return {
        attribute.name: {
            CROSS.join(wanted): _sum(
                [one for one in everyone if all(one.groups[places[p]] == w for p, w in zip(parts, wanted, strict=True))]
            )
            for wanted in product(*(declared[part] for part in parts))
        }
        for attribute in _attributes(manifest)
        for parts in [attribute.name.split(CROSS)]
    }


def _sum(some: Sequence[Member]) -> Member:
    return Member(
        groups=(),
        rows=sum(one.rows for one in some),
        gapped=sum(one.gapped for one in some),
        gaps=tuple(map(sum, zip(*(one.gaps for one in some if one.rows), strict=True))),
    )


def _asked(attribute: Attribute, group: str, found: Mapping[str, Member]) -> Member:
    return _sum([found[name] for name in (attribute.others if group == POOLED else (group,))])


def _representation(
    assignment: Assignment, attribute: Attribute, group: str, now: Mapping[str, Member], then: Mapping[str, Member]
) -> Observation:
    n, m = _sum(list(now.values())).rows, _sum(list(then.values())).rows
    hits, trained = _asked(attribute, group, now).rows, _asked(attribute, group, then).rows
    estimate = ratio(hits, n, trained, m) if n and trained else undefined(_nobody(attribute, group, n, m))
    return sample(
        Key(measure="data_quality.representation_ratio", attribute=attribute.name, group=group),
        estimate,
        n=n,
        method="share of the group among rows with a declared group, here over there; score limits of Koopman",
        reference=training_of(assignment),
    )


def _nobody(attribute: Attribute, group: str, n: int, m: int) -> str:
    if n == 0 or m == 0:
        return f"no row of {'the cohort' if n == 0 else 'the training data'} has a declared {attribute.name}"
    return f"no row of the training data belongs to {attribute.name} {group!r}"


def _missingness(attribute: Attribute, group: str, now: Mapping[str, Member]) -> Observation:
    asked, other = _asked(attribute, group, now), now[attribute.reference]
    return sample(
        Key(measure="data_quality.missingness_difference", attribute=attribute.name, group=group),
        _difference(attribute, group, asked, other),
        n=asked.rows,
        method="share of rows with a gap in a feature, group minus reference; limits of Newcombe",
        reference=attribute.reference,
    )


def _difference(attribute: Attribute, group: str, asked: Member, other: Member) -> Interval:
    for name, member in ((group, asked), (attribute.reference, other)):
        if member.rows == 0:
            return undefined(f"{attribute.name} {name!r} has no rows")
    return difference(asked.gapped, asked.rows, other.gapped, other.rows)


def _declared(data: Dataset, everyone: Sequence[Member]) -> Observation:
    named = bool(data.manifest.attributes)
    declared = sum(one.rows for one in everyone if None not in one.groups)
    return fact(
        "groups_declared",
        declared / data.rows if named else None,
        reason="" if named else "the manifest declares no attribute",
        method="rows whose group is declared in every attribute, over all rows",
    )


def _present(manifest: Manifest, now: Found) -> Observation:
    present = [now[one.name][group].rows > 0 for one in manifest.attributes for group in one.groups]
    return fact(
        "groups_present",
        sum(present) / len(present) if present else None,
        reason="" if present else "the manifest declares no attribute",
        method="declared groups with at least one row, over all declared groups",
    )


def _crossed(now: Mapping[str, Member], then: Mapping[str, Member], minimum_cell: int) -> Mapping[str, object]:
    """Return the counts of a crossing; none where a cell of it is small, since its margins would give that away."""
    found = {name: (now[name].rows, then[name].rows, now[name].gapped) for name in now}
    small = any(0 < count < minimum_cell for counts in found.values() for count in counts)
    names = ("rows", "training_rows", "rows_with_a_gap")
    return {
        group: dict(zip(names, (None, None, None) if small else counts, strict=True)) for group, counts in found.items()
    }


def _counts(now: Member, then: Member, features: Sequence[str]) -> Mapping[str, object]:
    return {
        "rows": now.rows,
        "training_rows": then.rows,
        "rows_with_a_gap": now.gapped,
        "gaps": {feature: count for feature, count in zip(features, now.gaps, strict=True) if count}
        if now.rows
        else {},
    }
