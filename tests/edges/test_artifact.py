"""Clean models pass the door in every format; hostile and broken bytes do not, and nothing of them ever runs."""

import copyreg
import functools
import io
import json
import operator
import os
import pickle
import shlex
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hallmark.edges.artifact import ALLOWED, inspect, load
from hallmark.edges.artifact.allowed import resolve
from hallmark.errors import HallmarkError, Tampered
from hallmark.policy.subject import ArtifactFormat

PICKLE, JOBLIB, SKOPS = ArtifactFormat.PICKLE, ArtifactFormat.JOBLIB, ArtifactFormat.SKOPS
MARKER = Path(tempfile.gettempdir(), f"hallmark-hostile-{os.getpid()}")
COMMAND = f"touch {shlex.quote(str(MARKER))}"


def frame() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    numbers = pd.DataFrame(generator.normal(size=(300, 3)), columns=list("abc"))
    return numbers.assign(d=pd.Categorical(np.where(numbers.b > 0, "u", "v")))


def models() -> dict[str, Any]:
    columns = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["d"]), remainder="passthrough")
    return {
        "logistic": LogisticRegression(),
        "forest": RandomForestClassifier(5, max_depth=4, random_state=0),
        "boosting": HistGradientBoostingClassifier(max_iter=3, early_stopping=True, random_state=0),
        "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
        "columns": make_pipeline(columns, HistGradientBoostingClassifier(max_iter=3)),
    }


@functools.cache
def fitted(name: str) -> tuple[Any, pd.DataFrame]:
    data = frame()
    rows = data if name == "columns" else data[["a", "b", "c"]]
    return models()[name].fit(rows, (data.a + data.c > 0).astype(int)), rows


def as_joblib(value: object, compress: object = 0) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer, compress=compress)
    return buffer.getvalue()


WRITERS: dict[str, tuple[ArtifactFormat, Callable[[Any], bytes]]] = {
    "skops": (SKOPS, skops.io.dumps),
    "skops deflated": (SKOPS, functools.partial(skops.io.dumps, compression=zipfile.ZIP_DEFLATED)),
    "pickle 4": (PICKLE, functools.partial(pickle.dumps, protocol=4)),
    "pickle 5": (PICKLE, functools.partial(pickle.dumps, protocol=5)),
    "joblib": (JOBLIB, as_joblib),
    "joblib zlib": (JOBLIB, functools.partial(as_joblib, compress=("zlib", 3))),
    "joblib gzip": (JOBLIB, functools.partial(as_joblib, compress=("gzip", 3))),
    "joblib bz2": (JOBLIB, functools.partial(as_joblib, compress=("bz2", 3))),
    "joblib lzma": (JOBLIB, functools.partial(as_joblib, compress=("lzma", 3))),
    "joblib xz": (JOBLIB, functools.partial(as_joblib, compress=("xz", 3))),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", models())
def test_a_clean_model_is_loaded_and_predicts_as_before(name: str, writer: str) -> None:
    model, rows = fitted(name)
    form, dumps = WRITERS[writer]
    data = dumps(model)
    assert inspect(data, form).problems == ()
    loaded: Any = load(data, form)
    np.testing.assert_array_equal(loaded.predict_proba(rows), model.predict_proba(rows))


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", models())
def test_the_types_are_the_names_that_loading_asks_for(name: str, protocol: int) -> None:
    asked = set()

    class Recording(pickle.Unpickler):
        def find_class(self, module: str, name: str, /) -> Any:
            asked.add(f"{module}.{name}")
            return super().find_class(module, name)

    data = pickle.dumps(fitted(name)[0], protocol=protocol)
    Recording(io.BytesIO(data)).load()
    assert set(inspect(data, PICKLE).types) == asked


class Attack:
    """Runs `function(*arguments)` when it is unpickled."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def system() -> Attack:
    return Attack(os.system, COMMAND)


def inside_a_model() -> LogisticRegression:
    model = LogisticRegression()
    model.verbose = {"deep": [(1, {"deeper": system()})]}
    return model


def objects() -> np.ndarray[Any, Any]:
    array = np.empty(2, dtype=object)
    array[1] = system()
    return array


def of_extension_registry() -> bytes:
    copyreg.add_extension("posix", "system", 240)
    try:
        return pickle.dumps(system(), protocol=2)
    finally:
        copyreg.remove_extension("posix", "system", 240)


def through_memo() -> bytes:
    names = b"\x8c\x05posix\x94\x8c\x06system\x9400"  # both into the memo, and off the stack
    command = b"\x8c" + bytes([len(COMMAND)]) + COMMAND.encode()
    return b"\x80\x04" + names + b"h\0h\1\x93" + command + b"\x85R."


def persistent(text: bool) -> bytes:
    class Persisting(pickle.Pickler):
        def persistent_id(self, obj: object) -> str | None:
            return "elsewhere" if isinstance(obj, Attack) else None

    buffer = io.BytesIO()
    Persisting(buffer, protocol=0 if text else 4).dump([system()])
    return buffer.getvalue()


def patched_class() -> bytes:
    """Sets an attribute of a class on the allow-list, which no model has a reason to do."""
    state = b"N}\x8c\x07predictcbuiltins\nlist\ns\x86"
    return b"\x80\x04csklearn.tree._tree\nTree\n" + state + b"b."


def out_of_band() -> bytes:
    return pickle.dumps(pickle.PickleBuffer(b"x" * 100), protocol=5, buffer_callback=lambda _: None)


def lying_joblib() -> bytes:
    """An array that says it is longer than the file."""
    return as_joblib(np.arange(77, dtype="f8")).replace(b"KM\x85", b"KN\x85")


def hiding_frame() -> bytes:
    """A frame that reaches over an array: loading would read the opcodes behind it from another place."""
    data = bytearray(as_joblib(np.arange(77, dtype="f8")))
    assert data[2:3] == pickle.FRAME
    struct.pack_into("<Q", data, 3, len(data) - 11)
    return bytes(data)


def lying_dtype() -> bytes:
    """An item of 12 bytes by its code and of 8 by its state."""
    honest = as_joblib(np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]))
    return honest.replace(b"K\x0cK\x01K\x10", b"K\x08K\x01K\x10")


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def clean_members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(fitted("forest")[0]))) as file:
        return {name: file.read(name) for name in file.namelist()}


def with_schema(change: Callable[[dict[str, Any]], object]) -> bytes:
    members = clean_members()
    schema = json.loads(members["schema.json"])
    change(schema)
    return archive({**members, "schema.json": json.dumps(schema).encode()})


def bomb_archive() -> bytes:
    """The first member claims 4 GB in the central directory."""
    data = bytearray(archive(clean_members()))
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 4_000_000_000)
    return bytes(data)


def bomb_stream() -> bytes:
    """A stream of 600 MiB of zeros in 0.6 MB, made of one block again and again."""
    packer = zlib.compressobj()
    head = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 599


def deep_schema() -> bytes:
    return archive({"schema.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000})


def npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    return buffer.getvalue()


class Unlisted:
    """An estimator of somebody's own."""


HOSTILE: dict[str, tuple[ArtifactFormat, Callable[[], bytes], str]] = {
    "os.system": (PICKLE, lambda: pickle.dumps(system()), "posix.system"),
    "protocol 0": (PICKLE, lambda: pickle.dumps(system(), protocol=0), "posix.system"),
    "eval": (PICKLE, lambda: pickle.dumps(Attack(eval, f"open({str(MARKER)!r}, 'w')")), "builtins.eval"),
    "exec": (PICKLE, lambda: pickle.dumps(Attack(exec, f"open({str(MARKER)!r}, 'w')")), "builtins.exec"),
    "old name of eval": (PICKLE, lambda: pickle.dumps(Attack(eval, "1"), protocol=2), "__builtin__.eval"),
    "getattr": (PICKLE, lambda: pickle.dumps(Attack(getattr, [], "append")), "builtins.getattr"),
    "partial": (PICKLE, lambda: pickle.dumps(functools.partial(os.system, COMMAND)), "posix.system"),
    "inside a model": (PICKLE, lambda: pickle.dumps(inside_a_model()), "posix.system"),
    "inside a model, joblib": (JOBLIB, lambda: as_joblib(inside_a_model()), "posix.system"),
    "inside an object array": (JOBLIB, lambda: as_joblib(objects()), "posix.system"),
    "behind an array": (JOBLIB, lambda: as_joblib([np.arange(1000), system()]), "posix.system"),
    "zlib": (JOBLIB, lambda: as_joblib(system(), ("zlib", 3)), "posix.system"),
    "gzip": (JOBLIB, lambda: as_joblib(system(), ("gzip", 3)), "posix.system"),
    "bz2": (JOBLIB, lambda: as_joblib(system(), ("bz2", 3)), "posix.system"),
    "lzma": (JOBLIB, lambda: as_joblib(system(), ("lzma", 3)), "posix.system"),
    "xz": (JOBLIB, lambda: as_joblib(system(), ("xz", 3)), "posix.system"),
    "array with pointers": (JOBLIB, lambda: as_joblib(np.zeros(1, dtype=[("a", "O")])), "contradicts"),
    "array in a frame": (JOBLIB, hiding_frame, "within a frame"),
    "dtype with two sizes": (JOBLIB, lying_dtype, "contradicts"),
    "array longer than the file": (JOBLIB, lying_joblib, "longer than the file"),
    "memoised names": (PICKLE, through_memo, "posix.system"),
    "INST": (PICKLE, lambda: f"(S'{COMMAND}'\niposix\nsystem\n.".encode(), "posix.system"),
    "OBJ": (PICKLE, lambda: f"(cposix\nsystem\nS'{COMMAND}'\no.".encode(), "posix.system"),
    "extension registry": (PICKLE, of_extension_registry, "extension registry"),
    "persistent id": (PICKLE, lambda: persistent(False), "persistent id"),
    "persistent id as text": (PICKLE, lambda: persistent(True), "persistent id"),
    "buffer outside": (PICKLE, out_of_band, "buffer"),
    "class is changed": (PICKLE, patched_class, "changes something"),
    "joblib wrapper in a pickle": (PICKLE, lambda: b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n.", "NumpyArrayWrapper"),
    "reads another file": (JOBLIB, lambda: b"cjoblib.numpy_pickle_compat\nNDArrayWrapper\n.", "NDArrayWrapper"),
    "second pickle behind": (PICKLE, lambda: pickle.dumps(1) + pickle.dumps(system()), "goes on"),
    "second pickle, joblib": (JOBLIB, lambda: as_joblib(1) + as_joblib(system()), "goes on"),
    "second stream": (JOBLIB, lambda: as_joblib(1, ("zlib", 3)) + as_joblib(system(), ("zlib", 3)), "follow"),
    "own class": (PICKLE, lambda: pickle.dumps(Unlisted()), "Unlisted"),
    "truncated pickle": (PICKLE, lambda: pickle.dumps(fitted("forest")[0])[:-100], "not a whole pickle"),
    "truncated joblib": (JOBLIB, lambda: as_joblib(fitted("forest")[0])[:-100], "longer than the file"),
    "truncated stream": (JOBLIB, lambda: as_joblib(fitted("forest")[0], 3)[:-100], "ends early"),
    "truncated skops": (SKOPS, lambda: skops.io.dumps(fitted("forest")[0])[:-100], "no zip archive"),
    "zip as pickle": (PICKLE, lambda: archive({"data.pkl": pickle.dumps(system())}), "zip archive"),
    "zip as joblib": (JOBLIB, lambda: archive({"data.pkl": pickle.dumps(system())}), "zip archive"),
    "zip as skops": (SKOPS, lambda: archive({"data.pkl": pickle.dumps(system())}), "schema.json"),
    "npy": (PICKLE, npy, "NumPy array"),
    "pickle as skops": (SKOPS, lambda: pickle.dumps(1), "no zip archive"),
    "compressed pickle": (PICKLE, lambda: zlib.compress(pickle.dumps(system())), "not a whole pickle"),
    "empty pickle": (PICKLE, lambda: b"", "0 bytes"),
    "empty joblib": (JOBLIB, lambda: b"", "0 bytes"),
    "empty skops": (SKOPS, lambda: b"", "0 bytes"),
    "skops, untrusted type": (SKOPS, lambda: skops.io.dumps(Unlisted()), "Unlisted"),
    "skops, function": (SKOPS, lambda: skops.io.dumps(os.system), "posix.system"),
    "skops, method": (SKOPS, lambda: skops.io.dumps(LogisticRegression().fit), "MethodNode"),
    "skops, operator": (SKOPS, lambda: skops.io.dumps(operator.methodcaller("x")), "OperatorFuncNode"),
    "skops, renamed class": (
        SKOPS,
        lambda: with_schema(lambda schema: schema.update(__module__="subprocess", __class__="Popen")),
        "subprocess.Popen",
    ),
    "skops, unknown loader": (SKOPS, lambda: with_schema(lambda schema: schema.update(__loader__="Evil")), "Evil"),
    "skops, newer protocol": (SKOPS, lambda: with_schema(lambda schema: schema.update(protocol=99)), "not readable"),
    "skops, too deep": (SKOPS, deep_schema, "not readable"),
    "skops, no schema": (SKOPS, lambda: archive({"1.npy": npy()}), "schema.json"),
    "skops, path upwards": (SKOPS, lambda: archive({**clean_members(), "../1.npy": npy()}), "unexpected name"),
    "skops, absolute path": (SKOPS, lambda: archive({**clean_members(), "/tmp/1.npy": npy()}), "unexpected name"),
    "skops, bomb": (SKOPS, bomb_archive, "unpacks to more"),
    "joblib, bomb": (JOBLIB, bomb_stream, "unpacks to more"),
}


@pytest.fixture
def marker() -> Iterator[Path]:
    MARKER.unlink(missing_ok=True)
    yield MARKER
    MARKER.unlink(missing_ok=True)


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_not_a_clean_model_is_named_refused_and_never_run(case: str, marker: Path) -> None:
    form, make, named = HOSTILE[case]
    data = make()
    inspection = inspect(data, form)
    assert any(named in problem for problem in inspection.problems), inspection.problems
    assert not inspection.safe
    with pytest.raises(Tampered) as refusal:
        load(data, form)
    assert str(refusal.value) == inspection.problems[0]
    assert not marker.exists()


def test_the_attack_of_these_tests_does_work(marker: Path) -> None:
    pickle.loads(pickle.dumps(system()))
    assert marker.exists()


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_every_name_of_the_allow_list_is_there_and_is_no_way_out(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert callable(resolve(module, attribute))
    assert module.split(".")[0] in ("builtins", "collections", "functools", "numpy", "sklearn")


@pytest.mark.parametrize("name", ["posix.system", "builtins.eval", "builtins.getattr", "sklearn.tree._tree.os"])
def test_nothing_else_is_resolved(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    with pytest.raises(Tampered, match=name):
        resolve(module, attribute)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300), form=st.sampled_from(ArtifactFormat))
def test_inspection_never_raises(data: bytes, form: ArtifactFormat) -> None:
    inspection = inspect(data, form)
    assert all(problem.endswith(".") for problem in inspection.problems)


CLEAN = pickle.dumps(fitted("logistic")[0])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(at=st.integers(0, len(CLEAN) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_stays_within_the_allow_list(at: int, byte: int) -> None:
    data = CLEAN[:at] + bytes([byte]) + CLEAN[at + 1 :]
    try:
        load(data, PICKLE)
    except HallmarkError:
        return
    assert inspect(data, PICKLE).safe
