"""A small multiclass world: three classes of fruit, predicted in a column, with groups that differ."""

from typing import Any

import numpy as np
import pandas as pd
from tests.assess.conftest import manifest_of

from hallmark.measures import Task
from hallmark.policy.subject import Decision, Label, LabelKind, Manifest

CLASSES = ("apple", "pear", "plum")


def fruit(*classes: str, predictions: str | None = "named", **changes: Any) -> Manifest:
    """A manifest whose predicted class stands in the column `named` and whose label is `kind`."""
    parts: dict[str, Any] = {
        "task": Task.MULTICLASS,
        "predictions": predictions,
        "decision": Decision(favourable_classes=("plum",)),
        "label": Label(
            column="kind", positive=None, source="books", kind=LabelKind.OBSERVED, classes=classes or CLASSES
        ),
    }
    if predictions is not None:
        parts["artifact"] = None
    return manifest_of(**(parts | changes))


def fruits(n: int = 600, seed: int = 1, right: float = 0.8) -> pd.DataFrame:
    """Rows whose class is named rightly in `right` of them, plums less often than the others."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(CLASSES, n, p=[0.5, 0.3, 0.2])
    named = np.where(rng.random(n) < right - 0.2 * (kind == "plum"), kind, rng.choice(CLASSES, n))
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "income": rng.normal(30.0, 9.0, n),
            "region": rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2]),
            "sex": rng.choice(["men", "women"], n),
            "age": rng.choice(["young", "middle", "old"], n),
            "kind": kind,
            "named": named,
        }
    )
