"""Scores datasets in a child process that gets the model and the feature columns, and gives back plain numbers."""

import contextlib
import logging
import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from hallmark.edges.isolation import Isolation, require_success
from hallmark.edges.waiting import waiting
from hallmark.errors import BadInput, Unavailable
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat

if TYPE_CHECKING:
    import numpy as np
    import pyarrow.parquet as pq

_BATCH: Final = 65_536
_READER: Final = {ArtifactFormat.SKOPS: ("skops.io",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One dataset: what is read, where its features and its scores pass through, and where these end."""

    parquet: "pq.ParquetFile"
    inputs: IO[bytes]
    outputs: IO[bytes]
    out: Path

    @property
    def rows(self) -> int:
        return int(self.parquet.metadata.num_rows)


def score(
    *,
    artifact: bytes | Path,
    format: ArtifactFormat,
    datasets: Sequence[tuple[Path, Path]],
    features: tuple[str, ...],
    key: str,
    task: Task,
    classes: Sequence[str] = (),
    hide: Sequence[Path] = (),
    spare: Path | None = None,
    seconds: float = 300,
    memory_bytes: int = 4 << 30,
) -> Isolation:
    """Write the scores of every row of each Parquet file to the Parquet file beside it, and tell how it was isolated.

    That has two columns: `key`, with the values of that column of the data in its order, and `score`, float64: the
    probability of the model's second class in [0, 1], the place of the predicted class among `classes` of a multiclass
    model, or the prediction of a regression. One child scores all: it loads
    the artifact through the allow-list, has no environment and no network, cannot read the folders `hide`, and may use
    `memory_bytes`, and `seconds` for each file. Neither the key, the label nor a sensitive column reaches it. A file of
    scores appears whole or not at all, and none before all are checked.
    Raises `BadInput` when it crashes, is too slow or returns anything but one finite score for each row, in words that
    quote no value of the data; those of libraries go to the log. `Unavailable` when the disk does not take the files.
    `spare` is the socket of a child that was kept ready (`hallmark.edges.spare`); where nobody listens, a new one is
    started.
    """
    seconds *= len(datasets)
    with contextlib.ExitStack() as stack:
        jobs = [_job(stack, data, out, (key, *features)) for data, out in datasets]
        said, told, model = (_temporary(stack, jobs[0].out) for _ in range(3))
        # It imports while the files are written.
        child = stack.enter_context(waiting(hide, spare, said, _READER.get(format, ())))
        with _mapped(datasets[0][0]):
            model.write(artifact if isinstance(artifact, bytes) else artifact.read_bytes())
            model.flush()
        for (data, _), job in zip(datasets, jobs, strict=True):
            with _mapped(data):
                _copy_features(job.parquet, features, job.inputs)
        asked = {"format": format, "task": task, "classes": list(classes), "isolated": child.isolation.isolated}
        bounds = {"memory": memory_bytes, "seconds": int(seconds) + 1, "rows": max(job.rows for job in jobs)}
        files = (said, told, model, *(one for job in jobs for one in (job.inputs, job.outputs)))
        require_success(child.score(asked | bounds, files, seconds), said, told)
        scores = [_scores(job.outputs, job.rows, task) for job in jobs]
        for (data, _), job, found in zip(datasets, jobs, scores, strict=True):
            with _mapped(data):
                _write(job.parquet, key, found, job.out)
    return child.isolation


def _job(stack: contextlib.ExitStack, data: Path, out: Path, columns: tuple[str, ...]) -> _Job:
    with _mapped(data):
        parquet = stack.enter_context(_opened(data, columns))
    inputs, outputs = _temporary(stack, out), _temporary(stack, out)
    return _Job(parquet=parquet, inputs=inputs, outputs=outputs, out=out)


def _temporary(stack: contextlib.ExitStack, beside: Path) -> IO[bytes]:
    with _mapped(beside):
        return stack.enter_context(tempfile.TemporaryFile(dir=beside.parent))


def _opened(data: Path, columns: tuple[str, ...]) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(data)
    names = parquet.schema_arrow.names
    every = Counter(name.casefold() for name in names)
    if twice := sorted(name for name, times in every.items() if times > 1):
        said = ", ".join(map(repr, twice))
        raise BadInput(f"{data.name} has more than one column named {said}: give each column a name of its own.")
    missing = [name for name in columns if name not in names]
    if missing:
        raise BadInput(f"{data.name} has no column {', '.join(missing)}: add it, or correct the manifest.")
    if parquet.metadata.num_rows == 0:
        raise BadInput(f"{data.name} has no rows: register a cohort with at least one.")
    return parquet


def _copy_features(parquet: "pq.ParquetFile", features: tuple[str, ...], target: IO[bytes]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # The metadata that pandas leaves names the other columns too.
    schema = pa.schema([parquet.schema_arrow.field(name) for name in features])
    with pq.ParquetWriter(target, schema) as writer:
        for batch in parquet.iter_batches(_BATCH, columns=list(features), use_threads=False):
            writer.write_batch(pa.RecordBatch.from_arrays([batch[name] for name in features], schema=schema))
    target.flush()


def _scores(outputs: IO[bytes], rows: int, task: Task) -> "np.ndarray[Any, np.dtype[np.float64]]":
    import numpy as np

    outputs.seek(0)
    scores = np.frombuffer(outputs.read(8 * rows + 1), dtype="<f8") if _size(outputs) == 8 * rows else None
    if scores is None:
        raise BadInput(f"The model gave {_size(outputs) / 8:g} scores for {rows} rows: it must give one for each.")
    bad = int((~np.isfinite(scores)).sum())
    if bad:
        raise BadInput(f"The model gave {bad} scores of {rows} that are not finite numbers: it must score every row.")
    if task is Task.BINARY and (scores.min() < 0 or scores.max() > 1):
        raise BadInput(f"The model gave scores in [{scores.min():g}, {scores.max():g}]: a probability lies in [0, 1].")
    return scores


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _write(parquet: "pq.ParquetFile", key: str, scores: "np.ndarray[Any, np.dtype[np.float64]]", out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    named = parquet.schema_arrow.field(key).with_name("key")
    schema = pa.schema([named, pa.field("score", pa.float64(), nullable=False)])
    temporary = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    try:
        with pq.ParquetWriter(temporary, schema) as writer:
            done = 0
            for batch in parquet.iter_batches(_BATCH, columns=[key], use_threads=False):
                part = pa.array(scores[done : done + len(batch)])
                writer.write_batch(pa.RecordBatch.from_arrays([batch[key], part], schema=schema))
                done += len(batch)
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _mapped(data: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {error.filename or data}: register it again.") from error
    except pa.ArrowException as error:
        logging.getLogger(__name__).warning("%s: %r", data.name, error)  # it may quote rows, and a pack may not
        raise BadInput(f"{data.name} cannot be read as Parquet ({type(error).__name__}): write it again.") from error
    except OSError as error:
        raise Unavailable(
            f"Scoring {data.name} could not use the disk ({error.strerror}): check folder and space."
        ) from error
