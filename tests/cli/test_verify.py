"""`hallmark verify`: its four answers on a pack in a folder and on an export, and what it needs to give them."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark import wiring
from hallmark.evidence.archive import Archive
from hallmark.local.home import Home

if TYPE_CHECKING:
    from tests.cli.conftest import Program

SOON = ("--at", "2026-11-24T13:00:00Z")


@pytest.fixture(params=["pack", "export"])
def subject(request: pytest.FixtureRequest, reading: "Program", exported: Path) -> Path:
    return exported if request.param == "export" else reading.pack


def answer(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.stderr == ""
    return done.stdout.splitlines()[-1]


def test_with_the_right_root_it_is_usable_or_not_and_says_which(reading: "Program", subject: Path) -> None:
    done = reading.started("verify", subject, "--root", reading.root, *SOON)
    words = {0: "verify=usable", 1: "verify=authentic, not usable"}
    assert answer(done) == words[done.returncode]
    assert [line[0] for line in done.stdout.splitlines()[:8]] == list("12345678")
    assert "DEMO " in done.stdout


def test_after_its_time_it_is_authentic_and_not_usable(reading: "Program", subject: Path) -> None:
    done = reading("verify", subject, "--root", reading.root, "--at", "2028-01-01T00:00:00Z")
    assert (done.returncode, answer(done)) == (1, "verify=authentic, not usable")
    assert "8  NO " in done.stdout


def test_without_a_root_it_cannot_be_told(reading: "Program", subject: Path) -> None:
    done = reading("verify", subject, *SOON)
    assert (done.returncode, answer(done)) == (3, "verify=could not tell")


def test_under_another_root_it_is_wrong(reading: "Program", subject: Path, tmp_path: Path) -> None:
    other = Home(root=tmp_path / "other").create()
    wiring.found(other, name="hallmark-test", demo=True)
    done = reading("verify", subject, "--root", wiring.root_path(other), *SOON)
    assert (done.returncode, answer(done)) == (2, "verify=WRONG")


def test_a_flipped_byte_of_an_export_is_never_an_answer_of_use(
    reading: "Program", exported: Path, tmp_path: Path
) -> None:
    data, flipped = bytearray(exported.read_bytes()), tmp_path / "flipped.tar"
    for at in (600, len(data) // 3, len(data) // 2, 2 * len(data) // 3):
        data[at] ^= 1
        flipped.write_bytes(data)
        data[at] ^= 1
        assert reading("verify", flipped, "--root", reading.root, *SOON).returncode == 2, at


@pytest.mark.parametrize("part", ["packs", "blobs", "cases", "ledger/entries", "ledger/checkpoints", "rulebooks"])
def test_a_flipped_byte_in_a_copied_store_is_wrong(hallmark: "Program", part: str) -> None:
    below = hallmark.home / "store" / "hallmark" / part
    own = [path for path in sorted(below.rglob("*")) if path.is_file() and path.name != "report.html"]
    if part == "cases":
        own = [path for path in own if path.parent.name == "drift"]
    path = own[-1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    assert hallmark("verify", hallmark.pack, "--root", hallmark.root, *SOON).returncode == 2


def test_the_artifact_must_be_the_certified_one(reading: "Program", subject: Path, tmp_path: Path) -> None:
    own = reading.home / "registry" / "card_default" / "1" / "model.skops"
    right = reading("verify", subject, "--root", reading.root, "--artifact", own, *SOON)
    assert right.returncode == reading("verify", subject, "--root", reading.root, *SOON).returncode
    other = tmp_path / "other.skops"
    other.write_bytes(own.read_bytes() + b"x")
    assert reading("verify", subject, "--root", reading.root, "--artifact", other, *SOON).returncode == 2


@pytest.mark.parametrize("asked", [("card_default", "1"), ("card_default", "2"), ("other", "1")], ids=" ".join)
def test_a_deploy_step_says_what_it_deploys(reading: "Program", subject: Path, asked: tuple[str, str]) -> None:
    plain = reading("verify", subject, "--root", reading.root, *SOON)
    model, version = asked
    done = reading("verify", subject, "--root", reading.root, "--model", model, "--version", version, *SOON)
    if asked == ("card_default", "1"):
        assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)
    else:
        assert (done.returncode, answer(done)) == (2, "verify=WRONG")
        assert (
            f"The pack is about {'version 1, not version 2' if version == '2' else 'model card_default'}" in done.stdout
        )


def test_another_cohort_than_the_one_that_is_asked_for_is_wrong(reading: "Program", subject: Path) -> None:
    done = reading("verify", subject, "--root", reading.root, "--cohort", "june", *SOON)
    assert (done.returncode, answer(done)) == (2, "verify=WRONG")


def test_an_export_with_the_pack_of_another_case_is_wrong(reading: "Program", exported: Path, tmp_path: Path) -> None:
    members = Archive.read(exported).members
    other = next(key for key in members if key.startswith("packs/")).replace("/1/", "/2/", 1)
    file = tmp_path / "both.tar"
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as tar:
        for key, data in sorted((members | {other: b"{}"}).items()):
            member = tarfile.TarInfo(key)
            member.size, member.mode = len(data), 0o444
            tar.addfile(member, io.BytesIO(data))
    line = reading.sentence("verify", file, "--root", reading.root, "--version", "2", code=2)
    assert "holds the packs of several cases, not of one: card_default/1/" in line


@pytest.mark.parametrize("option", ["--root", "--artifact", "--seen"])
@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_file_that_cannot_be_read_is_one_sentence(
    reading: "Program", exported: Path, tmp_path: Path, option: str, what: str
) -> None:
    path = tmp_path / "nope" if what == "missing" else tmp_path
    assert str(path) in reading.sentence("verify", exported, option, path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 2000, b"not a tar"], ids=["empty", "json", "zeros", "text"])
def test_what_is_no_pack_is_never_usable(reading: "Program", tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert reading("verify", file, "--root", reading.root).returncode in (2, 3)
    assert reading("verify", tmp_path, "--root", reading.root).returncode == 3
    assert reading("verify", "s3://elsewhere/packs/x", "--root", reading.root).returncode == 3


def test_it_needs_neither_home_nor_clone(bare: "Program", reading: "Program", exported: Path) -> None:
    lost = bare.started.under(HALLMARK_HOME="/nowhere", HALLMARK_REPO="/nowhere")
    assert lost("verify", exported, "--root", reading.root, *SOON).returncode in (0, 1)


def test_it_is_quick_and_imports_nothing_heavy(reading: "Program", exported: Path) -> None:
    script = """
import resource, sys
from hallmark.cli.main import main
code = main(sys.argv[1:])
heavy = {"airflow", "pandas", "numpy", "great_expectations", "evidently", "boto3", "duckdb", "pydantic"}
print("LOADED", *sorted(heavy & set(sys.modules)))
print("CPU", resource.getrusage(resource.RUSAGE_SELF).ru_utime)
"""
    command: list[str | Path] = [sys.executable, "-c", script, "verify", exported, "--root", reading.root, *SOON]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[-2].split() == ["LOADED"]
    assert float(lines[-1].split()[1]) < 0.5
