"""How SQL spells group, outcome and answer of a row as fairness counts them."""

from hallmark.assess import sql
from hallmark.assess.dataset import Dataset
from hallmark.assess.spelling import literal
from hallmark.policy.subject import Attribute

ABSENT, UNDECLARED = -1, -2
"""Codes of a row without a group and of one whose group the manifest does not declare; groups count from 0."""


def code(data: Dataset, attribute: Attribute) -> str:
    """The expression for the place of a row's group among those of `attribute`, or `ABSENT` or `UNDECLARED`."""
    text = sql.text(data, attribute.column)
    cases = " ".join(f"when {literal(group)} then {place}" for place, group in enumerate(attribute.groups))
    return f"case {text} {cases} else case when {text} is null then {ABSENT} else {UNDECLARED} end end"


def outcome_of(data: Dataset) -> str:
    """The expression for 1 (positive), 0 or null; of a multiclass model 1 is a favourable class."""
    spelt = sql.outcome(data)
    return _favourable(data, spelt) if data.manifest.label.classes else spelt


def score(data: Dataset) -> str:
    """The expression for the score, over `sql.scored_rows`; of a multiclass model 1 for a favourable class, else 0."""
    spelt = sql.score(data)
    return f"cast({_favourable(data, spelt)} as double)" if data.manifest.label.classes else spelt


def _favourable(data: Dataset, spelt: str) -> str:
    """The expression for 1, 0 or null, of a place among the classes."""
    decision, classes = data.manifest.decision, data.manifest.label.classes
    chosen = decision.favourable_classes if decision is not None else ()
    places = ", ".join(str(classes.index(one)) for one in chosen)
    return f"cast(({spelt}) in ({places}) as integer)"
