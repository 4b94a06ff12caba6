"""Packs that earlier versions wrote: each verifies and is decided again by the present code, offline and for ever."""

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import PROGRAM

from hallmark.errors import HallmarkError
from hallmark.evidence.archive import Archive
from hallmark.evidence.canonical import digest
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, Verification, verify

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A pack with what was true of it when it was written: its digest, its root's, and an instant of its validity."""

    name: str
    sha256: str
    root_sha256: str
    at: datetime
    decision: str
    observations: int

    @property
    def pack(self) -> Path:
        return FOLDER / f"{self.name}.tar"

    @property
    def root(self) -> Path:
        return FOLDER / f"{self.name}.root.json"

    def verified(self, archive: Archive) -> Verification:
        root = self.root.read_bytes()
        return verify(Question(store=archive, pack=archive.pack, root=root, at=self.at))


PACKS = (
    Golden(
        name="1",
        sha256="b4f8c4a101ddb5aa42ec07a214a7e773650e18ce252bfc2f975a4436f727d799",
        root_sha256="305c1383f1a16c98b65ff41a51d208bfef362472d924896191d39c177ea55004",
        at=datetime(2026, 11, 24, 13, tzinfo=UTC),
        decision="conditional",
        observations=63,
    ),
)

golden = pytest.mark.parametrize("golden", PACKS, ids=lambda golden: golden.name)


def test_every_pack_here_is_verified() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.tar")) == sorted(golden.pack.name for golden in PACKS)


@golden
def test_it_is_the_file_that_was_written_then(golden: Golden) -> None:
    assert digest(golden.pack.read_bytes()) == golden.sha256
    assert digest(golden.root.read_bytes()) == golden.root_sha256


@golden
def test_it_verifies_and_is_decided_again(golden: Golden) -> None:
    answer = golden.verified(Archive.read(golden.pack))
    assert answer.outcome is Outcome.USABLE, answer.checks[-1].says
    assert [check.number for check in answer.checks] == list(range(1, 9))
    assert answer.checks[6].says == f"decided again from {golden.observations} observations: {golden.decision}"


@golden
def test_the_program_verifies_it_without_a_home(golden: Golden, tmp_path: Path) -> None:
    words = [str(PROGRAM), "verify", str(golden.pack), "--root", str(golden.root), "--at", golden.at.isoformat()]
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HALLMARK_HOME": str(tmp_path / "none")}
    done = subprocess.run(words, env=own, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == "verify=usable"


@golden
def test_a_year_later_it_is_authentic_and_lapsed(golden: Golden) -> None:
    archive = Archive.read(golden.pack)
    later = golden.at.replace(year=golden.at.year + 1)
    question = Question(store=archive, pack=archive.pack, root=golden.root.read_bytes(), at=later)
    assert verify(question).outcome is Outcome.NOT_USABLE


@golden
def test_one_flipped_byte_anywhere_is_noticed(golden: Golden) -> None:
    held = Archive.read(golden.pack)
    for key, data in held.members.items():
        for place in {0, len(data) // 2, len(data) - 1}:
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            answer = golden.verified(Archive(held.name, held.members | {key: changed}))
            assert answer.outcome is Outcome.WRONG, (key, place)


@golden
def test_one_flipped_byte_of_the_file_is_noticed(golden: Golden, tmp_path: Path) -> None:
    data = golden.pack.read_bytes()
    for place in range(0, len(data), 4999):
        (tmp_path / "pack.tar").write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            assert golden.verified(Archive.read(tmp_path / "pack.tar")).outcome is Outcome.WRONG, place
        except HallmarkError:
            continue
