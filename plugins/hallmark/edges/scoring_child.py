"""The child that scores: bounds itself, loads the model through the allow-list, writes one float64 for each row."""

import os
import resource
import sys
from typing import IO, TYPE_CHECKING, Any, Final

from hallmark.edges.artifact import load
from hallmark.errors import BadInput, HallmarkError
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat

if TYPE_CHECKING:
    import pandas as pd

_BATCH: Final = 65_536
_PROCESSES: Final = 64
_ROOM: Final = 16 << 20


def main(arguments: list[str]) -> int:
    """Score as `hallmark.edges.scorer` asks; the last line on the standard error says what went wrong."""
    format, task, *numbers = arguments
    memory, seconds, rows, isolated, model, *files = map(int, numbers)
    _bound(memory, seconds, 8 * rows + _ROOM, isolated=bool(isolated))
    try:
        with os.fdopen(model, "rb") as file:
            file.seek(0)
            predictor = load(file.read(), ArtifactFormat(format))
        for inputs, outputs in zip(files[::2], files[1::2], strict=True):
            with os.fdopen(inputs, "rb") as source, os.fdopen(outputs, "wb") as target:
                _score(predictor, Task(task), source, target)
    except HallmarkError as error:
        return _failed(str(error))
    except MemoryError:
        return _failed(f"it needs more than {memory} bytes of memory")
    except Exception as error:
        return _failed(f"{type(error).__name__}: {error}")
    return 0


def _bound(memory: int, seconds: int, size: int, *, isolated: bool) -> None:
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: size,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
    }
    if isolated:  # elsewhere the number counts every process of the user
        limits[resource.RLIMIT_NPROC] = _PROCESSES
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowest, lowest))


def _score(predictor: Any, task: Task, source: IO[bytes], target: IO[bytes]) -> None:
    import numpy as np
    import pyarrow.parquet as pq
    from joblib import parallel_config  # type: ignore[import-untyped]

    source.seek(0)
    # In one thread the sums of a forest come out alike every time.
    with parallel_config(backend="sequential"):
        for batch in pq.ParquetFile(source).iter_batches(_BATCH, use_threads=False):
            scores = np.asarray(_predicted(predictor, task, batch.to_pandas(use_threads=False)), dtype="<f8")
            if scores.shape != (len(batch),):
                raise BadInput(f"it gave an array of shape {scores.shape} for {len(batch)} rows")
            target.write(scores.tobytes())


def _predicted(predictor: Any, task: Task, frame: "pd.DataFrame") -> Any:
    wanted = "predict_proba" if task is Task.BINARY else "predict"
    if not hasattr(predictor, wanted):
        raise BadInput(f"the artifact is a {type(predictor).__name__}, which has no {wanted}")
    predicted = getattr(predictor, wanted)(frame)
    if task is not Task.BINARY:
        return predicted
    classes = getattr(predictor, "classes_", ())
    if len(classes) != 2 or predicted.shape != (len(frame), 2):
        raise BadInput(f"it knows {len(classes)} classes, and a binary model knows two")
    return predicted[:, 1]


def _failed(reason: str) -> int:
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
