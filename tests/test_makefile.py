"""The Makefile before there is an environment: what it accepts as Python, and how it refuses."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "make", "rm", "touch", "echo")
SHIM = "echo 'python: command not found' >&2; exit 127"
OLD = 'case "$2" in *version_info*) exit 1;; esac'
BARE = 'case "$2" in *ensurepip*) exit 1;; esac'


def make(folder: Path, pythons: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `make certify` in a folder with a space, where `pythons` (name: shell) are the only interpreters."""
    clone, tools = folder / "a clone", folder / "bin"
    clone.mkdir()
    tools.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, clone)
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    for name, script in pythons.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    environment = {"PATH": str(tools), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(["make", "certify"], cwd=clone, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "pythons",
    [{}, {"python3.13": SHIM, "python3.12": SHIM, "python3": OLD}, {"python3.11": OLD}],
    ids=["none", "shims-and-an-old-one", "misnamed"],
)
def test_no_fitting_python_is_one_sentence(tmp_path: Path, pythons: dict[str, str]) -> None:
    done = make(tmp_path, pythons)
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == ["Hallmark needs Python 3.11, 3.12 or 3.13, and none is on the PATH: install one."]
    assert not (tmp_path / "a clone" / ".venv").exists()


def test_a_python_without_venv_is_named_with_its_mend(tmp_path: Path) -> None:
    done = make(tmp_path, {"python3.13": SHIM, "python3.12": BARE, "python3.11": "exit 0"})
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == ["python3.12 has no venv module: install it (on Debian: sudo apt install python3-venv)."]
