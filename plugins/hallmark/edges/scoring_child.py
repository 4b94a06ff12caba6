"""The child that scores: bounds itself, loads the model through the allow-list, writes one float64 for each row."""

import importlib
import math
import os
import resource
import socket
import sys
import time
from typing import IO, TYPE_CHECKING, Any, Final

from hallmark.edges.artifact import load
from hallmark.edges.handover import received
from hallmark.edges.isolation import ELSEWHERE
from hallmark.errors import BadInput, HallmarkError
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat
from hallmark.policy.task import place_of

if TYPE_CHECKING:
    import pandas as pd

_BATCH: Final = 65_536
_PROCESSES: Final = 64
_ROOM: Final = 16 << 20


def main(modules: list[str]) -> int:
    """Import `modules`, wait for the one job that `hallmark.edges.waiting` hands over, and score.

    What went wrong goes into the file `told` in words of our own; those of others, to the standard error alone.
    """
    for name in modules:
        importlib.import_module(name)
    job, (told, model, *files) = _received()
    _bound(job["memory"], job["seconds"], 8 * job["rows"] + _ROOM, isolated=job["isolated"])
    try:
        with os.fdopen(model, "rb") as file:
            file.seek(0)
            predictor = load(file.read(), ArtifactFormat(job["format"]))
        for inputs, outputs in zip(files[::2], files[1::2], strict=True):
            with os.fdopen(inputs, "rb") as source, os.fdopen(outputs, "wb") as target:
                _score(predictor, Task(job["task"]), job["classes"], source, target)
    except HallmarkError as error:
        return _failed(told, str(error))
    except MemoryError:
        return _failed(told, f"it needs more than {job['memory']} bytes of memory")
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return _failed(told, f"{type(error).__name__}; {ELSEWHERE}")
    return 0


def _received() -> tuple[dict[str, Any], list[int]]:
    """The job and its open files, but the one that takes what is printed, which is now the standard error.

    The socket that they came by is closed before anything is loaded.
    """
    with socket.socket(fileno=os.dup(0)) as order:
        job, files = received(order)
    if job is None:
        sys.exit(0)
    said = files.pop(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, place in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(file, place)
    os.close(nothing)
    os.close(said)
    return job, files


def _bound(memory: int, seconds: int, size: int, *, isolated: bool) -> None:
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds + math.ceil(time.process_time()),
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


def _score(predictor: Any, task: Task, classes: list[str], source: IO[bytes], target: IO[bytes]) -> None:
    import numpy as np
    import pyarrow.parquet as pq
    from joblib import parallel_config  # type: ignore[import-untyped]

    source.seek(0)
    # In one thread the sums of a forest come out alike every time.
    with parallel_config(backend="sequential"):
        for batch in pq.ParquetFile(source).iter_batches(_BATCH, use_threads=False):
            scores = np.asarray(_predicted(predictor, task, classes, batch.to_pandas(use_threads=False)), dtype="<f8")
            if scores.shape != (len(batch),):
                raise BadInput(f"it gave an array of shape {scores.shape} for {len(batch)} rows")
            target.write(scores.tobytes())


def _predicted(predictor: Any, task: Task, classes: list[str], frame: "pd.DataFrame") -> Any:
    wanted = "predict_proba" if task is Task.BINARY else "predict"
    if not hasattr(predictor, wanted):
        raise BadInput(f"the artifact is a {type(predictor).__name__}, which has no {wanted}")
    predicted = getattr(predictor, wanted)(frame)
    if task is Task.MULTICLASS:
        return _places(predicted, classes)
    if task is Task.REGRESSION:
        return predicted
    known = getattr(predictor, "classes_", ())
    if len(known) != 2 or predicted.shape != (len(frame), 2):
        raise BadInput(f"it knows {len(known)} classes, and a binary model knows two")
    return predicted[:, 1]


def _places(predicted: Any, classes: list[str]) -> Any:
    """The place of each predicted class among the declared ones, of the shape of what was predicted."""
    import numpy as np

    values, where = np.unique(np.asarray(predicted), return_inverse=True)
    places = [place_of(value, classes) for value in values]
    if None in places:
        stranger = str(values[places.index(None)])[:60]
        raise BadInput(f"it predicts {stranger!r}, which is none of the declared classes: name it in label.classes")
    return np.array(places, dtype="<f8")[where].reshape(np.shape(predicted))


def _failed(told: int, reason: str) -> int:
    os.write(told, " ".join(reason.split()).encode(errors="replace"))
    return 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # Everything is written: an interpreter that ends under threads of a library can still crash, and change the code.
    os._exit(code)
