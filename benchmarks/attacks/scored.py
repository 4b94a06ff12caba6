"""Attacks on a case between its predictions and its measures: what lies in the workspace."""

import math
from collections.abc import Callable
from functools import partial

from attacks.attack import Answer, Attack
from attacks.good import ASSESSORS, measure
from attacks.place import Place

from hallmark.errors import Tampered
from hallmark.steps.gate import gate


def _undefined_scores(place: Place) -> Answer:
    """The scored case goes on with NaN in the workspace; what the assessors say comes before the verdict."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = place.context.work / place.case / "cohort.scores.parquet"
    table = pq.read_table(path)
    undefined = pa.array([math.nan] * len(table))
    pq.write_table(table.set_column(table.schema.get_field_index("score"), "score", undefined), path)
    said = [_said(partial(measure, place, [name])) for name in ASSESSORS]
    gate(place.context, place.case)
    found = place.verify()
    return Answer(usable=found.usable, by=found.by, says=f"{said[-1]} Then {found.says}")


def _said(deed: Callable[[], object]) -> str:
    try:
        deed()
    except Tampered as error:
        return str(error)
    return "The assessor went on."


SCORED = (
    Attack(
        does="put NaN into the predictions of the workspace",
        refused_by=r"verify 8: The scores of the cohort in the workspace are not those that were signed.* referred: ",
        act=_undefined_scores,
    ),
)
