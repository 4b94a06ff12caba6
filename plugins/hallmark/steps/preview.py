"""The way of a case from its opening to its gate, without Airflow."""

from collections.abc import Callable, Iterable

from hallmark.assess.registry import ASSESSED
from hallmark.evidence.statement import Certification
from hallmark.steps.context import Context
from hallmark.steps.gate import gate
from hallmark.steps.open_case import Run, open_case
from hallmark.steps.score import score
from hallmark.steps.vet import vet


def walk(context: Context, run: Run, measure: Callable[[Iterable[str]], None]) -> Certification:
    """Take the case of `run` through every step that Airflow would start, and return what the gate decided.

    `measure` runs `steps.assess` for each dimension that it is given, wherever it likes.
    """
    open_case(context, run)
    vet(context, run.case)
    score(context, run.case)
    measure(dimension.name for dimension in ASSESSED)
    return gate(context, run.case)
