"""Homes that cannot be written, or that fill up: mounted for real, in a mount namespace of the test's own."""

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program

READ_ONLY = 'mount --bind "$HALLMARK_HOME" "$HALLMARK_HOME" && mount -o remount,bind,ro "$HALLMARK_HOME"'
FULL = 'mkdir -p "$HALLMARK_HOME" && mount -t tmpfs -o size=128k none "$HALLMARK_HOME"'


def _allowed() -> bool:
    try:
        words = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
        tried = subprocess.run(words, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not _allowed(), reason="no mount namespace is to be had here")


def under(mount: str, program: "Program", *words: str | Path) -> tuple[int, str, str]:
    """Run a command where its home is mounted in another way."""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh", program.program, *words],
        env=program.variables(),
        cwd=program.cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", ["cases", "show {case}", "due", "rulebook show", "root show", "down", "verify"])
def test_what_cannot_be_written_can_still_be_read(hallmark: "Program", words: str) -> None:
    asked = ["verify", hallmark.pack, "--root", hallmark.root] if words == "verify" else words.split()
    code, out, err = under(READ_ONLY, hallmark, *(str(word).format(case=hallmark.case) for word in asked))
    assert (code in (0, 1), err) == (True, "")
    assert out


@pytest.mark.parametrize("words", ["demo", "up", "rulebook publish", "certify card_default 1 --wait"])
def test_a_home_that_cannot_be_written_is_one_sentence(hallmark: "Program", words: str) -> None:
    says = f"hallmark: {hallmark.home} cannot be written (read-only here): mend that, or set HALLMARK_HOME.\n"
    code, _, err = under(READ_ONLY, hallmark, *words.split())
    assert (code, err) == (3, says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("demo", r"{home}/registry/card_default/\S+: No space left on device; mend and repeat"),
        ("up", r"{home} has 0 MB free and the services need 300 MB: free some space\."),
        (
            "rulebook publish",
            r"The store {home}/store/hallmark could not write rulebooks/1\.json \(No space left on device\): "
            r"free some space\.",
        ),
    ],
    ids=["demo", "up", "publish"],
)
def test_no_space_left_is_one_sentence(bare: "Program", words: str, says: str) -> None:
    code, _, err = under(FULL, bare, *words.split())
    assert code == 3
    assert re.fullmatch(f"hallmark: {says.format(home=re.escape(str(bare.home)))}\n", err), err
