"""A model of one's own, from its data to a pack that verifies: the five lines of the page, typed as they stand."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
PAGE = REPO / "docs" / "own-model.md"
PERSON = REPO / "tests" / "cli" / "own.py"

pytestmark = pytest.mark.slow


def blocks(language: str) -> list[str]:
    """The code blocks of the page in one language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [content for name, content in found if name == language]


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Types lines in a folder that has of a clone no more than the Makefile and the environment."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "a home"

    def __call__(self, line: str) -> subprocess.CompletedProcess[str]:
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        own |= {"HALLMARK_HOME": str(self.home), "EDITOR": str(self.folder / "person")}
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.folder, env=own, capture_output=True, text=True, timeout=900, check=False
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("own")
    (folder / "Makefile").symlink_to(REPO / "Makefile")
    (folder / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    (folder / "requirements.txt").touch()
    (folder / ".venv" / ".complete").touch()
    os.utime(folder / "requirements.txt", (0, 0))  # an environment that is as new as it has to be
    (folder / "person").write_text(f'#!/bin/sh\nexec {sys.executable} {PERSON} "$@"\n')
    (folder / "person").chmod(0o755)
    (folder / "tumours.py").write_text(blocks("python")[0])
    return Shell(folder=folder)


def test_the_five_lines_end_in_a_pack_that_verifies(shell: Shell) -> None:
    lines = blocks("")[0].splitlines()
    assert len(lines) == 5
    assert shell(".venv/bin/python tumours.py").returncode == 0
    init, preview, edited, registered, certified = (shell(line) for line in lines)

    assert (init.returncode, edited.returncode, registered.returncode) == (0, 0, 0), (init, edited, registered)
    assert preview.stdout.startswith("PREVIEW, nothing was certified")
    assert "takes in tumours: oncology-statistics, ward-planning, tier low, EU, clinical-research" in registered.stdout
    assert certified.returncode == 0, certified.stdout + certified.stderr
    last = certified.stdout.splitlines()[-1]
    found = re.fullmatch(r"verdict=(certified|conditional|referred) pack=(s3://hallmark/packs/tumours/1/\S+)", last)
    assert found, last
    assert "Fairness was not assessed" in certified.stdout

    again = shell(".venv/bin/hallmark preview tumours")
    assert again.stdout.splitlines()[-1] == f"preview={found[1]}"

    verified = shell(f".venv/bin/hallmark verify {found[2]} --root '{shell.home}/root.json'")
    assert verified.returncode == (1 if found[1] == "referred" else 0), verified.stdout
    assert f"DEMO {found[1]}: tumours 1 on cohort holdout" in verified.stdout
    assert "7  ok  the verdict follows" in verified.stdout


def test_what_the_page_quotes_is_what_a_draft_says(shell: Shell, tmp_path: Path) -> None:
    """The guesses and gaps that the page shows stand so in a draft, and its table names the files that are there."""
    assert shell(".venv/bin/python tumours.py").returncode == 0
    words = "--data holdout.csv --training training.csv --predictions score --label malignant"
    assert shell(f".venv/bin/hallmark init '{tmp_path}/tumours' {words}").returncode == 0
    manifest = (tmp_path / "tumours" / "manifest.yaml").read_text("utf-8").splitlines()
    (quoted,) = [block for block in blocks("") if "# gap: " in block]
    assert [line for line in quoted.splitlines() if line not in manifest] == []
    page = PAGE.read_text("utf-8")
    files = [path for path in (tmp_path / "tumours").rglob("*") if path.is_file()]
    assert [path.name for path in files if f"{path.name}`" not in page] == []
