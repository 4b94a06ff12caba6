"""The one door: look at an artifact without loading it, and load only what was found to be clean."""

import io
import pickle
from dataclasses import dataclass
from typing import Final

from hallmark.edges.artifact.allowed import ALLOWED, ARRAY_WRAPPER, resolve
from hallmark.edges.artifact.archive import inspect_archive
from hallmark.edges.artifact.compression import expanded
from hallmark.edges.artifact.limits import MAX_BYTES
from hallmark.edges.artifact.machine import Machine
from hallmark.edges.artifact.values import Unwalkable
from hallmark.errors import BadInput, Tampered
from hallmark.policy.subject import ArtifactFormat

_FOREIGN: Final = {b"PK": "a zip archive (skops, or a model of PyTorch)", b"\x93NUMPY": "a NumPy array"}
_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an artifact would do if it were loaded.

    `problems` are sentences, each on something that forbids loading; none means that it may be loaded. `types` are all
    names that loading would import, as `module.Name`, sorted.
    """

    problems: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """True when nothing forbids loading."""
        return not self.problems


def inspect(data: bytes, format: ArtifactFormat) -> Inspection:
    """Look at an artifact without loading it. Never raises: what cannot be read to its end is a problem."""
    try:
        problems, names = _look(data, format)
    except Unwalkable as error:
        problems, names = [f"The artifact cannot be told to be safe: {error}."], set()
    except Exception as error:
        problems, names = [f"The artifact is not readable as {format} to its end ({type(error).__name__})."], set()
    own = {ARRAY_WRAPPER} if format is ArtifactFormat.JOBLIB else set()
    foreign = sorted(names - ALLOWED - own)
    problems += [f"The artifact calls for {name[:100]}, which is not on the allow-list." for name in foreign]
    return Inspection(problems=tuple(problems[:_MOST]), types=tuple(sorted(names)))


def load(data: bytes, format: ArtifactFormat) -> object:
    """Load an artifact that `inspect` finds clean, through the same allow-list.

    Raises `Tampered` with the first problem when there is one, and `BadInput` when the artifact is clean and cannot be
    loaded all the same, as happens with another version of its library.
    """
    inspection = inspect(data, format)
    if not inspection.safe:
        raise Tampered(inspection.problems[0])
    try:
        return _LOADERS[format](data)
    except Tampered:
        raise
    except Exception as error:
        raise BadInput(
            f"The artifact is clean and does not load here ({type(error).__name__}: {str(error)[:200]}): save it again "
            "with the versions of scikit-learn and NumPy that requirements.txt pins."
        ) from error


def _look(data: bytes, format: ArtifactFormat) -> tuple[list[str], set[str]]:
    if not data or len(data) > MAX_BYTES:
        return [f"The artifact has {len(data)} bytes; between 1 and {MAX_BYTES} are allowed."], set()
    if format is ArtifactFormat.SKOPS:
        return inspect_archive(data)
    for prefix, kind in _FOREIGN.items():
        if data.startswith(prefix):
            return [f"The artifact is declared as {format} and is {kind}."], set()
    content = expanded(data) if format is ArtifactFormat.JOBLIB else data
    return _walk(content, arrays=format is ArtifactFormat.JOBLIB)


def _walk(content: bytes, *, arrays: bool) -> tuple[list[str], set[str]]:
    file = io.BytesIO(content)
    machine = Machine(file, arrays=arrays)
    faults = []
    try:
        machine.run()
        if file.read(1):
            faults.append("The artifact goes on after the end of its pickle.")
    except Unwalkable as error:
        faults.append(f"The artifact cannot be told to be safe: {error}.")
    except Exception as error:
        faults.append(f"The artifact is not a whole pickle ({type(error).__name__} after {file.tell()} bytes).")
    return machine.faults + faults, machine.names


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> object:
        return resolve(module, name)


def _load_skops(data: bytes) -> object:
    from skops.io import loads

    return loads(data, trusted=sorted(ALLOWED))


def _load_pickle(data: bytes) -> object:
    return _Unpickler(io.BytesIO(data)).load()


def _load_joblib(data: bytes) -> object:
    from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler  # type: ignore[import-untyped]

    class Restricted(NumpyUnpickler):  # type: ignore[misc]
        def find_class(self, module: str, name: str) -> object:
            return NumpyArrayWrapper if f"{module}.{name}" == ARRAY_WRAPPER else resolve(module, name)

    return Restricted("", io.BytesIO(expanded(data)), ensure_native_byte_order=True).load()


_LOADERS: Final = {
    ArtifactFormat.SKOPS: _load_skops,
    ArtifactFormat.PICKLE: _load_pickle,
    ArtifactFormat.JOBLIB: _load_joblib,
}
