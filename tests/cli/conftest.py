"""The `hallmark` program as a person runs it: a process with nothing but PATH and HOME, on a copy of a decided home.

Where its start is not what a test is about, the process is forked from one that has imported the commands.
"""

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.forks import Done, Forks, forks

from hallmark import wiring
from hallmark.local.preload import LIBRARIES
from hallmark.steps.assess import assess

if TYPE_CHECKING:
    from tests.conftest import Place

REPO = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("hallmark")
SOON = "2026-11-24T13:00:00Z"
"""An hour after the case of `decided` was opened."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """Runs commands on one home; no answer may hold a traceback, and nothing coloured goes into a pipe."""

    home: Path
    case: str = ""
    cwd: Path = Path("/")
    environment: dict[str, str] = field(default_factory=dict)
    forks: Forks | None = None
    """Where each call is forked; None starts the installed program."""

    def __call__(self, *words: str | Path, seconds: float = 120) -> Done:
        run = self._start if self.forks is None else self.forks
        done = run([str(word) for word in words], self.variables(), self.cwd, seconds)
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        return done

    def _start(self, words: list[str], variables: dict[str, str], cwd: Path, seconds: float) -> Done:
        return subprocess.run(
            [PROGRAM, *words],
            env=variables,
            cwd=cwd,
            capture_output=True,
            encoding=variables.get("PYTHONIOENCODING", "utf-8"),
            timeout=seconds,
            check=False,
        )

    @property
    def started(self) -> "Program":
        """The same, started by an interpreter of its own as a person does it."""
        return replace(self, forks=None)

    def variables(self) -> dict[str, str]:
        own = {"PATH": os.environ["PATH"], "HOME": str(self.cwd), "HALLMARK_HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        return own | self.environment

    def under(self, **environment: str) -> "Program":
        return replace(self, environment=self.environment | environment)

    def sentence(self, *words: str | Path, code: int = 3) -> str:
        """The one line in which a refused command says what is wrong."""
        done = self(*words)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        (line,) = done.stderr.splitlines()
        assert line.startswith("hallmark: ")
        return line

    @property
    def program(self) -> Path:
        return PROGRAM

    @property
    def root(self) -> Path:
        return self.home / "root.json"

    @property
    def pack(self) -> Path:
        return self.home / "store" / "hallmark" / "packs" / "card_default" / "1" / self.case / "1.json"


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with forks(tmp_path_factory.mktemp("forks")) as server:
        yield server


@pytest.fixture(scope="session")
def reading(decided: "Place", forked: Forks, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """On a copy that is only read."""
    folder = tmp_path_factory.mktemp("cli")
    return Program(home=decided.copy(folder / "home").home.root, case=decided.case, cwd=folder, forks=forked)


@pytest.fixture
def hallmark(decided: "Place", forked: Forks, tmp_path: Path) -> Program:
    """On a copy of one's own, for commands that write."""
    return Program(home=decided.copy(tmp_path / "home").home.root, case=decided.case, cwd=tmp_path, forks=forked)


@pytest.fixture(scope="session")
def demo(decided: "Place", tmp_path_factory: pytest.TempPathFactory) -> Program:
    """On one home with a space in its path, where the example is registered and nothing else, for the whole way."""
    folder = tmp_path_factory.mktemp("make certify")
    shutil.copytree(decided.home.registry, folder / "a home" / "registry")
    return Program(home=folder / "a home", cwd=folder)


@pytest.fixture
def bare(forked: Forks, tmp_path: Path) -> Program:
    """On a home that does not exist yet."""
    return Program(home=tmp_path / "new", cwd=tmp_path, forks=forked)


@pytest.fixture(scope="session")
def exported(reading: Program) -> Path:
    """The case of `decided` as one file."""
    file = reading.cwd / "case.tar"
    done = reading.started("export", reading.case, "-o", file)
    assert done.returncode == 0, done.stderr
    return file


def _measured(place: Path, case: str, dimension: str) -> None:
    assess(wiring.throwaway(place), case, dimension)


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    """Previews of this process fork their dimensions from one that imported the libraries once, as Airflow's tasks are.

    The program and a notebook start an interpreter for each dimension, and are tried as they are in test_preview.py.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([*LIBRARIES, "hallmark.preview"])

    def fork(place: Path, case: str, dimension: str) -> None:
        # Not Process.join: a start in another thread reaps the children of all, and the joined one then reads as lost.
        with ProcessPoolExecutor(1, mp_context=server) as one:
            one.submit(_measured, place, case, dimension).result()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hallmark.preview._in_a_process", fork)
        yield


@pytest.fixture
def files() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its bytes."""

    def listed(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return listed
