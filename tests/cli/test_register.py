"""`hallmark register`: what is taken in, and a line with file and place for everything that is wrong."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.conftest import Place

Files = Callable[[Path], dict[str, bytes]]


@pytest.fixture
def folder(decided: "Place", tmp_path: Path) -> Path:
    """The card example as version 7, ready to be registered."""
    target = tmp_path / "incoming"
    shutil.copytree(decided.home.root.parent / "built", target)
    for file in (target / "manifest.yaml", *(target / "cohorts").glob("*.yaml")):
        changed = re.sub(r'^version: "1"$', 'version: "7"', file.read_text("utf-8"), flags=re.MULTILINE)
        assert 'version: "7"' in changed
        file.write_text(changed, "utf-8")
    return target


def edit(file: Path, pattern: str, by: str) -> None:
    text = file.read_text("utf-8")
    changed = re.sub(pattern, by, text, count=1, flags=re.MULTILINE)
    assert changed != text, f"{pattern} is not in {file.name}"
    file.write_text(changed, "utf-8")


def refused(hallmark: "Program", folder: Path, files: Files) -> list[str]:
    """The lines in which a folder is refused; nothing may have been taken in."""
    before = files(hallmark.home / "registry")
    done = hallmark("register", folder)
    assert done.returncode == 3
    assert done.stdout == ""
    assert files(hallmark.home / "registry") == before
    return done.stderr.removeprefix("hallmark: ").splitlines()


def test_a_version_and_its_cohort_are_taken_in_once(hallmark: "Program", folder: Path) -> None:
    done = hallmark.started("register", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "registered card_default 7\nregistered cohort 2005-07 of card_default 7\n"
    assert hallmark("register", folder).stdout == "nothing new: it is registered already\n"


WRONG = {
    "unknown-key": (r"^task:", "taks: binary\ntask:", ["taks", "task"]),
    "missing": (r"^task:.*\n", "", ["task", "is missing"]),
    "mistyped-text": (r'^version: "7"', "version: 7", ["version", "must be text"]),
    "mistyped-number": (r"cut_off: [0-9.]+", "cut_off: often", ["cut_off", "must be a number"]),
    "not-one-of": (r"^task:.*", "task: clustering", ["task", "binary"]),
    "bad-date": (r"as_of: 2005-06-30", "as_of: 2005-06-31", ["as_of"]),
    "no-yaml": (r"^task:.*", "task: [binary", ["manifest.yaml:"]),
    "traversal": (r"file: model\.skops", "file: ../../keys/store.json", ["../../keys/store.json"]),
    "absolute": (r"file: model\.skops", "file: /etc/passwd", ["/etc/passwd"]),
    "bad-name": (r"^model: .*", "model: ../x", ["../x"]),
    "no-digest": (r"sha256: [0-9a-f]{64}", "sha256: zz", ["zz"]),
    "duplicate": (r"^task:.*", r"\g<0>\ntask: regression", ["task"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_manifest_is_a_line_with_its_place(hallmark: "Program", folder: Path, files: Files, case: str) -> None:
    pattern, by, words = WRONG[case]
    edit(folder / "manifest.yaml", pattern, by)
    lines = refused(hallmark, folder, files)
    assert len(lines) == 1, lines
    assert "manifest.yaml" in lines[0]
    assert [word for word in words if word not in lines[0]] == []


def test_all_problems_are_told_at_once(hallmark: "Program", folder: Path, files: Files) -> None:
    for case in ("unknown-key", "mistyped-text", "mistyped-number"):
        edit(folder / "manifest.yaml", *WRONG[case][:2])
    lines = refused(hallmark, folder, files)
    assert len(lines) == 3
    assert [re.match(r".*manifest\.yaml:\d+: ", line) is not None for line in lines] == [True] * 3


@pytest.mark.parametrize(
    "file", ["model.skops", "data/train.parquet", "data/reference.parquet", "data/2005-07.parquet"]
)
@pytest.mark.parametrize("how", ["missing", "changed", "empty"])
def test_a_file_that_is_not_the_declared_one(
    hallmark: "Program", folder: Path, files: Files, file: str, how: str
) -> None:
    path = folder / file
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b"x" if how == "changed" else b"")
    (line,) = refused(hallmark, folder, files)
    assert str(path) in line
    assert ("no such file" if how == "missing" else "SHA-256") in line


def test_other_contents_under_a_registered_name_are_refused(hallmark: "Program", folder: Path, files: Files) -> None:
    assert hallmark("register", folder).returncode == 0
    edit(folder / "manifest.yaml", r"cut_off: [0-9.]+", "cut_off: 0.9")
    (line,) = refused(hallmark, folder, files)
    assert "card_default 7 is registered with other contents" in line


def test_a_cohort_of_nobody_is_refused(hallmark: "Program", folder: Path, files: Files) -> None:
    (folder / "manifest.yaml").unlink()
    (line,) = refused(hallmark, folder, files)
    assert "card_default 7 is not registered" in line


@pytest.mark.parametrize("how", ["nowhere", "empty", "a-file", "binary", "unreadable"])
def test_a_folder_without_anything_to_register(hallmark: "Program", tmp_path: Path, files: Files, how: str) -> None:
    folder = tmp_path / "nothing"
    if how == "a-file":
        folder.write_text("x")
    elif how != "nowhere":
        folder.mkdir()
    if how == "binary":
        (folder / "manifest.yaml").write_bytes(b"\xff\xfe\x00")
    if how == "unreadable":
        (folder / "manifest.yaml").mkdir()
    (line,) = refused(hallmark, folder, files)
    assert str(folder) in line


def test_a_cohort_that_is_dated_in_the_future_is_refused(hallmark: "Program", folder: Path, files: Files) -> None:
    """It would be the newest for ever, and what comes after it would never be due."""
    (cohort,) = (folder / "cohorts").glob("*.yaml")
    edit(cohort, r"as_of: [0-9-]+", "as_of: 2999-01-01")
    (line,) = refused(hallmark, folder, files)
    assert "as_of: 2999-01-01 is after today, " in line and line.endswith("; give the day of the data")
    place, number = line.split(": ")[0].rsplit(":", 1)
    assert cohort.read_text().splitlines()[int(number) - 1].startswith("as_of: 2999"), place
