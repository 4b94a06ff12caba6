"""The bytes of the two artifacts: the trained model, and the hostile pickle that must be refused."""

import io
import pickle
import re
import zipfile
from typing import Final

import pandas as pd
import skops.io
from cohorts import FEATURES, LABEL
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

MARKER: Final = "HALLMARK_HOSTILE_MARKER"
"""Environment variable: the file that appears if anybody ever loads the hostile artifact."""

_ATTACK: Final = f"import os; path = os.environ.get({MARKER!r}); path and open(path, 'w').close()"
# skops names objects, and the arrays stored beside the schema, by their address in memory.
_ADDRESS: Final = re.compile(r'(?<="__id__": )\d+|(?<=")\d+(?=\.npy")')
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def estimator() -> HistGradientBoostingClassifier:
    """The unfitted model: small trees, no early stopping, so that the same rows give the same model."""
    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=100, max_leaf_nodes=15, min_samples_leaf=50, early_stopping=False, random_state=0
    )


def trained(frame: pd.DataFrame) -> bytes:
    """A model fitted on the ten features of `frame`, as skops bytes that depend on the rows alone."""
    # The fitted model remembers its number of threads; one thread, and every machine writes the same bytes.
    with threadpool_limits(limits=1):
        model = estimator().fit(frame[list(FEATURES)], frame[LABEL])
    return _reproducible(skops.io.dumps(model))


def hostile() -> bytes:
    """A pickle that runs code when it is loaded: it creates the file named by MARKER, and does nothing without it."""
    return pickle.dumps(_Attack())


class _Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (_ATTACK,)


def _reproducible(content: bytes) -> bytes:
    """The same skops archive, its memory addresses numbered by first appearance and without the time of writing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = parts.pop("schema.json").decode()
    numbers = {old: str(new) for new, old in enumerate(dict.fromkeys(_ADDRESS.findall(schema)))}
    renamed = {f"{numbers[name.removesuffix('.npy')]}.npy": part for name, part in parts.items()}
    renamed["schema.json"] = _ADDRESS.sub(lambda found: numbers[found[0]], schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(renamed):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), renamed[name])
    return buffer.getvalue()
