"""The parts of `make test` leave no test out, take none twice, and one that fails fails the command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import parts

FOLDERS = [path.name for path in (parts.REPO / "tests").iterdir() if path.is_dir()]


def takes(words: list[str], folder: str) -> bool:
    """Whether a part has the tests of a folder of tests/."""
    whole, ignored = "tests" in words, f"--ignore=tests/{folder}" in words
    return f"tests/{folder}" in words or (whole and not ignored)


@pytest.mark.parametrize("marks", parts.ALONE)
@pytest.mark.parametrize("folder", [*FOLDERS, "a folder that comes later"])
def test_every_folder_is_in_one_part_of_each_kind(folder: str, marks: str) -> None:
    assert sum(takes(words, folder) for words in parts.parts() if marks in words) == 1


def test_what_stands_alone_is_there() -> None:
    assert all((parts.REPO / folder).is_dir() for folders in parts.ALONE.values() for folder in folders)


RUN = """
import sys
from tests import parts

parts.parts = lambda: [sys.argv[1:2], sys.argv[2:3]]
sys.exit(parts.main())
"""


def command(folder: Path, *tests: str) -> list[str]:
    files = [folder / f"test_{number}.py" for number in range(len(tests))]
    for file, text in zip(files, tests, strict=True):
        file.write_text(text)
    return [sys.executable, "-c", RUN, *map(str, files)]


@pytest.mark.parametrize(("holds", "code"), [("True", 0), ("False", 1)])
def test_one_part_that_fails_fails_the_command(tmp_path: Path, holds: str, code: int) -> None:
    words = command(tmp_path, "def test_one(): pass", f"def test_two(): assert {holds}, 'no'")
    done = subprocess.run(words, cwd=parts.REPO, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("AssertionError: no" in done.stdout, "FAILED: pytest " in done.stdout) == (code == 1, code == 1)
    assert done.stdout.count("1 passed") == 2 - code


def test_an_order_to_stop_lets_tests_clear_up(tmp_path: Path) -> None:
    waits = """
import time, pathlib, pytest
here = pathlib.Path(__file__).parent
@pytest.fixture
def cleared():
    yield
    (here / "cleared").touch()
def test_long(cleared):
    (here / "begun").touch()
    time.sleep(60)
"""
    words = command(tmp_path, waits, "def test_one(): pass")
    with subprocess.Popen(words, cwd=parts.REPO, stdout=subprocess.DEVNULL) as program:
        until = time.monotonic() + 60
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait(30) == 130
    assert (tmp_path / "cleared").exists()
