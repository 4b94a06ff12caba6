"""Writes a draft: a folder with manifest, inventory entry, cohort, suite and data, there whole or not at all."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hallmark.draft import documents
from hallmark.draft.classes import (
    classes_of,
    favourable_of,
    looks_like_classes,
    require_answers,
    require_classes,
)
from hallmark.draft.columns import Column, columns_of, means_by, never_below
from hallmark.draft.guess import (
    Guess,
    cut_off_of,
    features_of,
    format_of,
    grouping_of,
    key_of,
    positive_of,
    require_columns,
    require_predictions,
    require_references,
    task_of,
)
from hallmark.draft.model import Draft, Known, Written
from hallmark.draft.source import KEY, Source, Table, common
from hallmark.draft.suite import candidates, proposed, suite
from hallmark.draft.wish import Wish
from hallmark.errors import BadInput
from hallmark.evidence.files import sha256_of
from hallmark.measures import Task
from hallmark.policy.subject import Artifact

TRAINING, OTHER_HALF = "training.parquet", "other_half.parquet"
"""What is not the cohort: the training data, or the other half of the file where none were named."""

_TOO_FEW = "{}: has too few rows to be cut in two; name the training data with --training"

SPILL = "spill"
"""The folder for what is needed while drafting and not after it."""


def write(wish: Wish, known: Known, folder: Path) -> Draft:
    """Write the draft into `folder`, which must not hold anything yet, and return what was guessed.

    Raises `BadInput` with one sentence for the first thing that is wrong; then nothing was written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder}: is there already and not empty; name a folder that init may make")
    with _prepared(folder) as place, _opened(wish, place) as sources:
        require_columns(wish, sources[0])
        draft = _draft(wish, known, sources, place)
        _write(place / "manifest.yaml", documents.manifest(draft))
        _write(place / "inventory.yaml", documents.inventory(draft))
        _write(place / "cohorts" / f"{draft.cohort}.yaml", documents.cohort(draft))
        _write(place / "expectations.json", suite(draft))
    return draft


@contextlib.contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that becomes it at the end, and vanishes when anything fails."""
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.absolute().parent))
    try:
        yield place
        shutil.rmtree(place / SPILL, ignore_errors=True)
        place.chmod(0o755)
        place.replace(folder)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


@contextlib.contextmanager
def _opened(wish: Wish, workdir: Path) -> Iterator[list[Source]]:
    with contextlib.ExitStack() as stack:
        files = [file for file in (wish.data, wish.training) if file is not None]
        yield [stack.enter_context(contextlib.closing(Source.open(file, workdir))) for file in files]


def _draft(wish: Wish, known: Known, sources: list[Source], place: Path) -> Draft:
    key = key_of(wish, sources)
    features = features_of(wish, sources[0], key)
    artifact = _artifact(wish, place)
    cohort = _plain(wish.data.stem) or "holdout"
    table = _table(wish, sources, key, features)
    # each file as a person gave it, whole: what is wrong is told of that
    seen = [_written(one, table, f"{SPILL}/{number}.parquet", place) for number, one in enumerate(sources)]
    task = _task(wish, sources, seen)
    classes = _classes(wish, seen) if task.value is Task.MULTICLASS else None
    data, before = _data(wish, sources, table, f"data/{cohort}.parquet", place)
    groupings = tuple(grouping_of(wish, seen[0].columns[column]) for column in wish.groups)
    require_references(wish, groupings)
    return Draft(
        model=wish.name,
        version=wish.version,
        cohort=cohort,
        task=task,
        artifact=artifact,
        predictions=wish.predictions,
        cut_off=cut_off_of(wish, task.value),
        key=key or KEY,
        key_made=key is None,
        key_named=wish.key is not None,
        features=features,
        label=wish.label,
        positive=_positive(wish, data, place) if task.value is Task.BINARY else None,
        classes=classes,
        favourable=favourable_of(wish, task.value, classes),
        groupings=groupings,
        data=data,
        before=before,
        split=wish.training is None,
        ordered=_ordered(place, data, before, features),
        known=known,
    )


def _artifact(wish: Wish, place: Path) -> Artifact | None:
    if wish.artifact is None:
        return None
    format_ = format_of(wish.artifact)
    name = f"model{wish.artifact.suffix.lower()}"
    shutil.copyfile(wish.artifact, place / name)
    return Artifact(file=name, format=format_, sha256=sha256_of(place / name))


def _table(wish: Wish, sources: list[Source], key: str | None, features: tuple[str, ...]) -> Table:
    """The columns in the order of the file; what has no part is left where it is."""
    needed = {*features, *wish.columns.values(), *([key] if key else [])}
    names = [name for name in sources[0].types if name in needed]
    types = common(sources[0], sources[-1], names)
    if key is not None:
        return Table(types=types, key=key)
    if KEY in types:
        raise BadInput(f"{wish.data}: its column {KEY!r} does not identify a row; rename it, or name a --key")
    return Table(types=types, key=KEY, made_of=(*features, wish.label))


def _data(wish: Wish, sources: list[Source], table: Table, file: str, place: Path) -> tuple[Written, Written]:
    """The cohort and what came before it: the training data, or one half of the only file."""
    if wish.training is not None:
        return _written(sources[0], table, file, place), _written(sources[1], table, TRAINING, place)
    halves = [_written(sources[0], table, name, place, half) for half, name in enumerate((file, OTHER_HALF))]
    if min(half.columns[wish.label].distinct for half in halves) < 2:
        raise BadInput(_TOO_FEW.format(wish.data))
    return halves[0], halves[1]


def _written(source: Source, table: Table, name: str, place: Path, half: int | None = None) -> Written:
    if source.write(table, place / name, half=half) == 0:
        raise BadInput(_TOO_FEW.format(source.path))
    sha256, day = sha256_of(place / name), datetime.fromtimestamp(source.path.stat().st_mtime, UTC).date()
    columns = columns_of(place / name, place)
    return Written(file=name, sha256=sha256, as_of=day, source=source.path.name, columns=columns)


def _task(wish: Wish, sources: list[Source], seen: list[Written]) -> Guess[Task]:
    """The task, once label and predictions of every file are found to fit it."""
    answers = None if wish.predictions is None else seen[0].columns[wish.predictions]
    classes = looks_like_classes(seen[0].columns[wish.label], answers)
    task = task_of(wish, seen[0].columns[wish.label], wish.data, classes=classes)
    for source, written in zip(sources, seen, strict=True):
        label = written.columns[wish.label]
        if task.value is Task.BINARY and label.distinct > 2:
            raise BadInput(f"{source.path}: the label {wish.label!r} has {label.distinct} values; a binary one has two")
        if task.value is Task.MULTICLASS:
            require_classes(label, f"the label {wish.label!r}", source.path)
        if wish.predictions is not None and task.value is Task.MULTICLASS:
            require_answers(written.columns[wish.predictions], source.path)
        elif wish.predictions is not None:
            require_predictions(written.columns[wish.predictions], task.value, source.path)
    return task


def _classes(wish: Wish, seen: list[Written]) -> Guess[tuple[str, ...]]:
    if wish.positive is not None:
        raise BadInput("--positive: a multiclass model has none; leave it out")
    answers = [] if wish.predictions is None else [one.columns[wish.predictions] for one in seen]
    return classes_of([one.columns[wish.label] for one in seen], answers)


def _positive(wish: Wish, data: Written, place: Path) -> Guess[str]:
    means = {} if wish.predictions is None else means_by(place / data.file, place, wish.predictions, wish.label)
    return positive_of(wish, data.columns[wish.label], means)


def _ordered(place: Path, data: Written, before: Written, features: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Rules between two features that hold in every row of both files."""
    seen: dict[str, Column] = {name: data.columns[name] for name in features}
    pairs = never_below(place / data.file, place, candidates(seen))
    return proposed(never_below(place / before.file, place, pairs))


def _plain(stem: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "_", stem.lower()).strip("_-")[:60]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
