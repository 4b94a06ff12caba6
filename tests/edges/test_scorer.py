"""Scores equal those of the model itself; the child is shut in; what fails leaves one sentence and no file."""

import io
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.tree._tree import Tree

from hallmark.edges import isolation
from hallmark.edges.handover import send
from hallmark.edges.isolation import Isolation, launcher, require_success
from hallmark.edges.scorer import score
from hallmark.errors import BadInput
from hallmark.local.home import Home
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat

FEATURES = ("a", "b", "c")
ROWS = 70_000  # more than one batch


def frame() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    data = pd.DataFrame(generator.normal(size=(ROWS, 3)), columns=list(FEATURES))
    return data.assign(id=[f"k{row}" for row in range(ROWS)], sex="f", y=(data.a + data.b > 0).astype(int))


DATA = frame()
X, Y = DATA[list(FEATURES)][:2_000], DATA.y[:2_000]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort") / "july.parquet"
    DATA.to_parquet(path)
    return path


def as_joblib(model: object) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer, compress=3)
    return buffer.getvalue()


DUMPS: dict[ArtifactFormat, Callable[[Any], bytes]] = {
    ArtifactFormat.SKOPS: skops.io.dumps,
    ArtifactFormat.JOBLIB: as_joblib,
    ArtifactFormat.PICKLE: pickle.dumps,
}


def scored(
    model: object, data: Path, out: Path, form: ArtifactFormat = ArtifactFormat.PICKLE, **other: Any
) -> Isolation:
    asked = {"task": Task.BINARY, "features": FEATURES, "key": "id", "seconds": 120, **other}
    return score(artifact=DUMPS[form](model), format=form, datasets=[(data, out)], **asked)


MODELS = {
    "logistic, skops": (LogisticRegression(), ArtifactFormat.SKOPS),
    "forest, joblib": (RandomForestClassifier(10, max_depth=5, n_jobs=-1, random_state=0), ArtifactFormat.JOBLIB),
    "boosting, skops": (HistGradientBoostingClassifier(max_iter=10), ArtifactFormat.SKOPS),
    "pipeline, pickle": (make_pipeline(StandardScaler(), LogisticRegression()), ArtifactFormat.PICKLE),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_scores_are_those_of_the_model(name: str, data: Path, tmp_path: Path) -> None:
    model, form = MODELS[name]
    model.fit(X, Y)
    isolation = scored(model, data, tmp_path / "scores.parquet", form)
    table = pd.read_parquet(tmp_path / "scores.parquet")
    assert list(table) == ["key", "score"]
    assert list(table.key) == list(DATA.id)
    assert table.score.dtype == np.float64
    np.testing.assert_allclose(table.score, model.predict_proba(DATA[list(FEATURES)])[:, 1], rtol=0, atol=1e-14)
    assert isolation == launcher().isolation
    assert [file.name for file in tmp_path.iterdir()] == ["scores.parquet"]


def test_one_child_scores_all_or_none(data: Path, tmp_path: Path) -> None:
    model = LogisticRegression().fit(X, Y)
    few, worse = tmp_path / "few", tmp_path / "worse"
    DATA[:5_000].to_parquet(few)
    DATA[:3].assign(b=np.nan).to_parquet(worse)
    asked: dict[str, Any] = {"task": Task.BINARY, "features": FEATURES, "key": "id", "format": ArtifactFormat.PICKLE}
    outs = [tmp_path / name for name in ("all.scores", "few.scores", "again.scores")]
    score(artifact=pickle.dumps(model), datasets=list(zip((data, few, few), outs, strict=True)), **asked)
    every, first, second = map(pd.read_parquet, outs)
    np.testing.assert_allclose(every.score, model.predict_proba(DATA[list(FEATURES)])[:, 1], rtol=0, atol=1e-14)
    assert first.equals(every[:5_000])
    assert second.equals(first)
    other = tmp_path / "other.scores"
    with pytest.raises(BadInput, match=r"The model did not score: ValueError; its own words.*\(exit code 1\)\.$"):
        score(artifact=pickle.dumps(model), datasets=[(few, other), (worse, tmp_path / "worse.scores")], **asked)
    assert sorted(tmp_path.glob("*.scores")) == sorted(outs)


def test_a_forest_of_many_threads_scores_alike_twice(tmp_path: Path) -> None:
    model = RandomForestClassifier(30, max_depth=3, n_jobs=4, random_state=0).fit(X, Y)
    few = tmp_path / "few.parquet"
    DATA[:5_000].to_parquet(few)
    for name in ("one", "two"):
        scored(model, few, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_regression_is_scored_by_its_prediction(data: Path, tmp_path: Path) -> None:
    model = HistGradientBoostingRegressor(max_iter=5).fit(X, 100 * X.a)
    scored(model, data, tmp_path / "scores.parquet", task=Task.REGRESSION)
    found = pd.read_parquet(tmp_path / "scores.parquet").score
    np.testing.assert_allclose(found, model.predict(DATA[list(FEATURES)]), rtol=1e-14)


DIGITS = np.where(Y == 1, 10, np.where(X.a > X.a.median(), 2, 1))
SPELT = {"texts": DIGITS.astype(str), "whole": DIGITS, "floats": DIGITS.astype(float)}


@pytest.mark.parametrize("form", [ArtifactFormat.SKOPS, ArtifactFormat.PICKLE])
@pytest.mark.parametrize("spelt", SPELT)
def test_a_multiclass_model_is_scored_by_the_place_of_its_class(
    spelt: str, form: ArtifactFormat, data: Path, tmp_path: Path
) -> None:
    classes = ("1", "10", "2")
    model = LogisticRegression().fit(X, SPELT[spelt])
    scored(model, data, tmp_path / "scores.parquet", form, task=Task.MULTICLASS, classes=classes)
    found = pd.read_parquet(tmp_path / "scores.parquet").score
    answers = pd.Series(model.predict(DATA[list(FEATURES)])).astype(float)
    assert list(found) == [classes.index(f"{one:g}") for one in answers]
    assert set(found) == {0.0, 1.0, 2.0}


def test_a_class_that_nobody_declared_leaves_no_scores(data: Path, tmp_path: Path) -> None:
    model = LogisticRegression().fit(X, SPELT["texts"])
    with pytest.raises(BadInput, match="it predicts '2', which is none of the declared classes: name it in label"):
        scored(model, data, tmp_path / "scores.parquet", task=Task.MULTICLASS, classes=("1", "10", "3"))
    assert not (tmp_path / "scores.parquet").exists()


class Attack:
    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("1",)


def with_attribute(model: Any, name: str, value: object) -> Any:
    setattr(model, name, value)
    return model


def wild_tree() -> DecisionTreeClassifier:
    """A tree whose root sends every row to a child far outside the memory of the process."""
    model = DecisionTreeClassifier(max_depth=2).fit(X, Y)
    state = model.tree_.__getstate__()
    state["nodes"] = state["nodes"].copy()
    state["nodes"]["left_child"][0] = state["nodes"]["right_child"][0] = 2**40
    model.tree_ = Tree(3, np.array([2]), 1)
    model.tree_.__setstate__(state)
    return model


FAILING: dict[str, tuple[Callable[[], object], dict[str, Any], str]] = {
    "hostile": (Attack, {}, "builtins.eval, which is not on the allow-list"),
    "no such method": (lambda: StandardScaler().fit(X), {}, "StandardScaler, which has no predict_proba"),
    "three classes": (lambda: DummyClassifier().fit(X, np.arange(2_000) % 3), {}, "knows 3 classes"),
    "not a number": (
        lambda: with_attribute(LinearRegression().fit(X, Y), "coef_", np.full(3, np.nan)),
        {"task": Task.REGRESSION},
        "70000 scores of 70000 that are not finite",
    ),
    "not a probability": (
        lambda: with_attribute(DummyClassifier().fit(X, Y), "class_prior_", np.array([-1.0, 2.0])),
        {},
        "scores in \\[2, 2\\]: a probability lies in",
    ),
    "two predictions a row": (
        lambda: LinearRegression().fit(X, X[["a", "b"]]),
        {"task": Task.REGRESSION},
        "an array of shape \\(65536, 2\\) for 65536 rows",
    ),
    "other features": (lambda: LogisticRegression().fit(X, Y), {"features": ("a", "b")}, "score: ValueError; its own"),
    "crash": (wild_tree, {}, "Segmentation fault"),
    "too slow": (lambda: LogisticRegression().fit(X, Y), {"seconds": 0.05}, "within 0.05 seconds"),
    "too large": (lambda: LogisticRegression().fit(X, Y), {"memory_bytes": 64 << 20}, "The model did not score"),
    "feature that is not there": (LogisticRegression, {"features": ("a", "z")}, "july.parquet has no column z"),
    "key that is not there": (LogisticRegression, {"key": "z"}, "july.parquet has no column z"),
    "keys that are not there": (LogisticRegression, {"hide": (Path("/no/such/folder"),)}, "is no folder"),
    "keys beside the program": (LogisticRegression, {"hide": (Path(sys.prefix),)}, "holds the program"),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_failure_is_one_sentence_and_leaves_nothing(case: str, data: Path, tmp_path: Path) -> None:
    make, other, sentence = FAILING[case]
    with pytest.raises(BadInput, match=sentence) as failure:
        scored(make(), data, tmp_path / "scores.parquet", **other)
    assert "\n" not in str(failure.value)
    assert list(tmp_path.iterdir()) == []


def test_what_a_library_says_of_rows_stays_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    few = tmp_path / "few.parquet"
    DATA[:3].assign(a=["1", "Jane Doe, born 1961-02-03", "2"]).to_parquet(few)
    with pytest.raises(BadInput) as failure:
        scored(LogisticRegression().fit(X, Y), few, tmp_path / "scores.parquet")
    sentence = "ValueError; its own words, which may quote rows, are in the log of the task score (exit code 1)."
    assert str(failure.value) == f"The model did not score: {sentence}"
    assert "ValueError: could not convert string to float: 'Jane Doe, born 1961-02-03'" in caplog.text
    assert "Traceback" not in caplog.text


def test_what_a_child_prints_besides_never_becomes_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        said.write(b"Jane \x1b[2JDoe\n")
        with pytest.raises(BadInput, match=r"^The model did not score: it told no reason; its own .*\(Aborted\)\.$"):
            require_success(-6, said, told)
        told.write(b"it needs more than 5 bytes of memory")
        with pytest.raises(BadInput, match=r"^The model did not score: it needs more than 5 bytes of memory \(exit"):
            require_success(1, said, told)
    assert "the model: Jane [2JDoe" in caplog.text


def test_a_child_leaves_before_its_interpreter_could_crash() -> None:
    """What libraries do when an interpreter ends, a crash for one, comes too late to change code or reason."""
    code = """
import atexit, os, runpy, sys
atexit.register(os.abort)
sys.argv = ["scoring_child", "json"]
runpy.run_module("hallmark.edges.scoring_child", run_name="__main__")
"""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as model:
        with theirs:
            child = launcher().start([sys.executable, "-P", "-s", "-c", code], order=theirs.fileno(), said=said)
        job = {"format": "skops", "task": "regression", "classes": [], "memory": 8 << 30, "seconds": 60, "rows": 1}
        with ours:
            send(ours, job | {"isolated": False}, [file.fileno() for file in (said, told, model)])
            assert child.wait(60) == 1
        told.seek(0)
        assert told.read().startswith(b"The artifact has 0 bytes")


def test_data_that_are_absent_empty_or_no_parquet_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not Parquet")
    DATA[:0].to_parquet(tmp_path / "empty")
    twice = pa.table([pa.array(["k"]), pa.array([1.0]), pa.array([3.0])], names=["id", "a", "A"])
    pq.write_table(twice, tmp_path / "twice")
    pq.write_table(twice.rename_columns(["id", "a", "a"]), tmp_path / "same")
    for name, sentence in (
        ("text", "cannot be read as Parquet"),
        ("empty", "has no rows"),
        ("none", "There is no file"),
        ("twice", "twice has more than one column named 'a': give each"),
        ("same", "same has more than one column named 'a': give each"),
    ):
        with pytest.raises(BadInput, match=sentence):
            scored(LogisticRegression(), tmp_path / name, tmp_path / "scores.parquet")
    assert not (tmp_path / "scores.parquet").exists()


def probed(code: str, hide: tuple[Path, ...] = ()) -> str:
    """What a command prints that runs as the scoring child does."""
    with tempfile.TemporaryFile() as said, Path(os.devnull).open("rb+") as nothing:
        child = launcher(hide).start([sys.executable, "-S", "-c", code], order=nothing.fileno(), said=said)
        require_success(child.wait(30), said, nothing)
        said.seek(0)
        return said.read().decode()


isolated = pytest.mark.skipif(not launcher().isolation.isolated, reason=launcher().isolation.words)


@isolated
def test_the_child_finds_the_folder_of_the_keys_empty_and_cannot_take_the_cover_off(tmp_path: Path) -> None:
    (tmp_path / "worker.pem").write_text("secret")
    code = f"""
import ctypes, os
folder = {str(tmp_path)!r}
print(os.listdir(folder), ctypes.CDLL(None).umount2(folder.encode(), 2), os.listdir(folder))
"""
    assert probed(code, hide=(tmp_path,)) == "[] -1 []\n"
    assert probed(code).startswith("['worker.pem']")


@isolated
@pytest.mark.parametrize("mounted", ["elsewhere", "within", "around"])
def test_the_child_sees_nothing_of_a_home_wherever_its_keys_are(mounted: str, tmp_path: Path) -> None:
    root = tmp_path / "outer" / "a home; 'quoted' $(x)"
    keys = {"elsewhere": tmp_path / "mounted", "within": root / "keys", "around": tmp_path / "outer"}[mounted]
    home = Home(root=root, secrets=keys).create()
    keys.mkdir(exist_ok=True)
    secrets = [keys / "worker.key", home.accounts / "users.json", home.registry / "labels", home.store / "pack"]
    for one in secrets:
        one.write_text("secret")
    code = f"""
import os
secrets = {[str(one) for one in secrets]!r}
print([os.path.exists(one) for one in secrets])
try:
    os.mkdir({str(home.root)!r} + "/new")
except OSError as error:
    print(error.strerror)
"""
    assert launcher(home.hidden).isolation.isolated
    seen, written = probed(code, home.hidden).splitlines()
    assert seen == "[False, False, False, False]"
    assert written in ("Read-only file system", "No such file or directory")
    assert all(one.read_text() == "secret" for one in secrets)


@isolated
@pytest.mark.parametrize("where", ["beside", "below"])
def test_python_and_the_code_stay_readable_beside_and_below_a_home(where: str, tmp_path: Path) -> None:
    """A clone of its own, with an environment of its own, which asks the launcher for itself."""
    clone = tmp_path / "a clone"
    shutil.copytree(
        Path(isolation.__file__).parents[2], clone / "plugins", ignore=shutil.ignore_patterns("__pycache__")
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    home = Home(root=clone if where == "below" else clone / ".hallmark").create()
    (home.keys / "worker.key").write_text("secret")
    asked = f"""
import subprocess, sys, tempfile
from pathlib import Path
from hallmark.edges.isolation import launcher
start = launcher([Path({str(home.root)!r})])
print(start.isolation.isolated)
command = [sys.executable, "-P", "-s", "-c", sys.argv[1]]
with tempfile.TemporaryFile() as said:
    print(start.start(command, order=subprocess.DEVNULL, said=said).wait(30))
    said.seek(0)
    print(said.read().decode(), end="")
"""
    inner = f"""
import os, sys, hallmark.edges.isolation as code
print(sys.prefix, code.__file__)
print(os.path.exists({str(home.keys / "worker.key")!r}), sorted(os.listdir({str(home.root)!r})))
print(os.access({str(home.root)!r}, os.W_OK))
"""
    python = clone / ".venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", asked, inner],
        env={"PYTHONPATH": str(clone / "plugins")},
        capture_output=True,
        text=True,
        check=True,
    )
    left = [".venv", "plugins"] if where == "below" else []
    source = clone / "plugins" / "hallmark" / "edges" / "isolation.py"
    assert done.stdout.splitlines() == ["True", "0", f"{clone / '.venv'} {source}", f"False {left}", "False"]


@isolated
def test_the_child_reaches_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; print(socket.socket().connect_ex(('127.0.0.1', {port})))"
        assert int(probed(code)) != 0
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port)) == 0


@isolated
def test_the_child_sees_no_other_process_and_has_no_power() -> None:
    assert probed("import os; print([name for name in os.listdir('/proc') if name.isdigit()])") == "['1']\n"
    assert "CapEff:\t0000000000000000" in probed("print(open('/proc/self/status').read())")


def test_the_child_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    names = set(eval(probed("import os; print(sorted(os.environ))")))
    assert names - {"LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_"} == {
        "PYTHONPATH",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
    }


@isolated
def test_where_isolation_is_forbidden_that_is_said() -> None:
    """Within the isolation there are no rights to isolate again."""
    words = probed("from hallmark.edges.isolation import launcher; print(launcher().isolation.words)")
    assert words.startswith("none: ")
