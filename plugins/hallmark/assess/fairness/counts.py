"""The counts behind every rate, from which an outsider computes it again; where small ones stay out, a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hallmark.assess.fairness.cube import UNIT, Cube, Tally, decided
from hallmark.assess.fairness.disclosure import OUTSIDE, Told
from hallmark.assess.fairness.distribution import distribution
from hallmark.evidence.canonical import digest, encode

SMALL_SHARE = 0.02
"""Groups below this share of the rows are named, with their count."""

_SUMS = ("scores", "positive_scores", "squared_scores")


def counts_of(cube: Cube, tables: Sequence[Told]) -> Mapping[str, object]:
    """Return the evidence: for each attribute and crossing the counts of its declared groups and of the rest."""
    classes = cube.manifest.decision.favourable_classes if cube.manifest.decision else ()
    return {
        "smallest_cell": cube.smallest,
        **({"favourable_classes": list(classes)} if classes else {"cut_off": decided(cube.manifest).cut_off}),
        "attributes": {one.attribute.name: _attribute(cube, one) for one in tables},
    }


def _attribute(cube: Cube, table: Told) -> Mapping[str, object]:
    least = SMALL_SHARE * int(cube.rows.sum())
    return {
        "reference": table.attribute.reference,
        "groups": {group: counted(table, group) for group in table.groups},
        "below_2_percent": {
            group: counted(table, group)["rows"] for group, tally in table.groups.items() if tally.rows < least
        },
        "scores": {group: distribution(cube, table, group) for group in table.groups},
        **_sealed(table),
    } | {
        name: _silenced({"rows": tally.rows, "favourable": tally.favourable}, tally, table.hidden_outside[name], table)
        for name, tally in table.outside.items()
        if name in OUTSIDE
    }


def counted(table: Told, group: str) -> Mapping[str, Any]:
    """Return the counts of a group as they are told, with the sums of scores as floats.

    A count that stays out is null; `few` names those that are below the smallest cell. Positives and sums stay out with
    any of them: with the sums known, somebody would try counts until the digest fits.
    """
    tally, hidden = table.groups[group], table.hidden[group]
    found = asdict(tally) | {name: getattr(tally, name) / UNIT for name in _SUMS}
    return _silenced(found | dict.fromkeys(("positives", *_SUMS) if hidden else ()), tally, hidden, table)


def _silenced(counts: Mapping[str, float | None], tally: Tally, hidden: frozenset[str], table: Told) -> dict[str, Any]:
    names = sorted(hidden & counts.keys())
    few = [name for name in names if getattr(tally, name) < table.smallest]
    return {**counts, **dict.fromkeys(names)} | ({"few": few} if names else {})


def _sealed(table: Told) -> Mapping[str, str]:
    """The digest of all true counts, where some stay out; sums in billionths nobody guesses who has not the data.

    There is none where no row of those groups has a label: without sums the counts could be guessed.
    """
    if not any(table.groups[group].labelled for group, hidden in table.hidden.items() if hidden):
        return {}
    true = {"groups": table.groups, "outside": table.outside}
    return {
        "sha256": digest(
            encode({name: {one: _exact(tally) for one, tally in found.items()} for name, found in true.items()})
        )
    }


def _exact(tally: Tally) -> Mapping[str, int | str]:
    exact = asdict(tally)
    return exact | {name: str(exact[name]) for name in _SUMS}
