"""The assessors by name. Names only: a module is imported by the task that runs it."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from hallmark.assess.assignment import Assessment, Assignment


class Assessor(Protocol):
    """A module of one dimension."""

    def assess(self, assignment: "Assignment") -> "Assessment":
        """Measure. Numbers that cannot be computed come back as None with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension: its name (the part of a measure before the dot), its title, and what measures it.

    `scores` is False when it looks at the data alone, so that unusable scores do not silence it.
    """

    name: str
    title: str
    module: str
    tool: str
    scores: bool = True


DIMENSIONS = (
    Dimension(
        name="data_quality",
        title="Data quality",
        module="hallmark.assess.data_quality",
        tool="Great Expectations",
        scores=False,
    ),
    Dimension(name="drift", title="Drift", module="hallmark.assess.drift", tool="Evidently"),
    Dimension(name="fairness", title="Fairness", module="hallmark.assess.fairness", tool="Fairlearn"),
    Dimension(name="performance", title="Performance", module="hallmark.assess.performance", tool="scikit-learn"),
)
"""Every dimension that is judged, in the order in which it is shown."""

REMEDIES = Dimension(
    name="remedies",
    title="Remedies",
    module="hallmark.assess.remedies",
    tool="Fairlearn and scikit-learn",
)
"""What would help: measured beside the dimensions and judged by nobody."""

ASSESSED = (*DIMENSIONS, REMEDIES)
"""Everything that is measured of a case; each is a task of its own."""


def dimension_of(name: str) -> Dimension:
    """The dimension called `name`. Raises `KeyError` for a name that is not registered."""
    return {dimension.name: dimension for dimension in ASSESSED}[name]


def assessor(dimension: Dimension) -> Assessor:
    """Import and return what measures `dimension`."""
    return cast("Assessor", import_module(dimension.module))
