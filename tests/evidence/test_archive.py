"""The export: equal contents are equal bytes, everything that a pack rests on is in it, and nothing else is read."""

from __future__ import annotations

import io
import resource
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.errors import Conflict, HallmarkError, Missing, Tampered, Undecidable
from hallmark.evidence.archive import Archive
from hallmark.evidence.case import WORKSPACE
from hallmark.evidence.places import checkpoint_key, entry_key, rulebook_key
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, verify

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture(scope="module")
def data(small_decided_world: Place) -> bytes:
    return small_decided_world.export()


def read(data: bytes, folder: Path) -> Archive:
    (folder / "case.tar").write_bytes(data)
    return Archive.read(folder / "case.tar")


def tar(*members: tuple[str, bytes, bytes]) -> bytes:
    """A tar of (name, type, contents)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as target:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(content)
            member.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            target.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def test_the_members_tell_nothing_of_who_exported_and_when(data: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as source:
        members = source.getmembers()
    assert [member.name for member in members] == sorted(member.name for member in members)
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in members} == {(0, 0, 0, "", "", 0o444)}
    assert all(member.isfile() for member in members)


def test_a_later_case_does_not_change_what_is_in_an_export_but_the_ledger(
    small_decided: Place, data: bytes, tmp_path: Path
) -> None:
    small_decided.certify("two", tasks=())
    before, after = read(data, tmp_path), read(small_decided.export(), tmp_path)
    new = set(after.members) - set(before.members)
    assert new == {entry_key(3), entry_key(4), checkpoint_key(5)}
    assert set(before.members) - set(after.members) == {checkpoint_key(3)}


def test_everything_that_verification_reads_is_in_it(small_decided_world: Place, data: bytes, tmp_path: Path) -> None:
    archive, place = read(data, tmp_path), small_decided_world
    asked: set[str] = set()

    class Watched(Archive):
        __slots__ = ()

        def get(self, key: str) -> bytes:
            asked.add(key)
            return Archive.get(self, key)

    watched = Watched(archive.name, archive.members)
    answer = verify(Question(store=watched, pack=archive.pack, root=place.context.root, at=place.clock.at))
    assert answer.outcome is Outcome.USABLE
    assert asked == set(archive.members)


def test_rows_and_scores_are_not_in_it(decided: Place, tmp_path: Path) -> None:
    archive = read(decided.export(), tmp_path)
    assert not [key for key, held in archive.members.items() if held[:4] == b"PAR1" or WORKSPACE in key]
    assert rulebook_key(1) in archive.members


def test_an_export_of_what_the_store_lacks_is_refused(small_decided: Place, tmp_path: Path) -> None:
    key = next(read(small_decided.export(), tmp_path).keys("blobs/"))
    (small_decided.folder / key).unlink()
    with pytest.raises(Missing):
        small_decided.export()
    with pytest.raises(Missing):
        small_decided.export("0" * 20)


def test_an_archive_is_a_store_that_is_only_read(data: bytes, tmp_path: Path) -> None:
    archive = read(data, tmp_path)
    with pytest.raises(Conflict):
        archive.put("a", b"")
    with pytest.raises(Missing, match="lacks nothing"):
        archive.get("nothing")
    assert list(archive.keys("")) == sorted(archive.members)
    assert list(archive.keys("ledger/entries/")) == [entry_key(index) for index in range(3)]
    assert archive.uri("a").endswith("case.tar:a")
    assert archive.protection()


@pytest.mark.parametrize("content", [b"", b"junk", b"\x1f\x8b\x08" + b"x" * 600, b"PK\x03\x04", b"{}" * 600])
def test_what_is_no_export_cannot_be_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises((Undecidable, Tampered)):
        _ = read(content, tmp_path).pack


def test_an_export_without_a_pack_cannot_be_told(tmp_path: Path) -> None:
    with pytest.raises(HallmarkError):
        _ = read(tar(("rulebooks/1.json", tarfile.REGTYPE, b"x")), tmp_path).pack


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
)
def test_only_plain_files_are_read(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(HallmarkError):
        read(tar(("packs/m/1/c/1.json", kind, b"")), tmp_path)


def test_a_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    member = ("packs/m/1/c/1.json", tarfile.REGTYPE, b"x")
    with pytest.raises(HallmarkError):
        read(tar(member, member), tmp_path)


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../b"])
def test_a_name_that_leads_outside_writes_nothing(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    try:
        archive = read(tar((name, tarfile.REGTYPE, b"x")), tmp_path)
    except HallmarkError:
        archive = Archive("none", {})
    assert not list(archive.keys("packs/"))
    assert [path for path in sorted(tmp_path.rglob("*")) if path.name != "case.tar"] == before


def test_a_cut_export_is_refused_or_wrong(small_decided_world: Place, data: bytes, tmp_path: Path) -> None:
    place = small_decided_world
    for part in range(1, 8):
        try:
            archive = read(data[: len(data) * part // 8], tmp_path)
        except HallmarkError:
            continue
        pack = place.pack()
        answer = verify(Question(store=archive, pack=pack, root=place.context.root, at=place.clock.at))
        assert answer.outcome in (Outcome.WRONG, Outcome.CANNOT_TELL)


def test_a_sparse_member_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    """A header of 512 bytes can claim any size; nothing may be read for it."""
    member = tarfile.TarInfo("packs/m/1/c/1.json")
    member.size = 8 << 30
    path = tmp_path / "case.tar"
    path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)
    with pytest.raises(HallmarkError):
        _ = Archive.read(path).pack


@pytest.mark.parametrize("records", [("GNU.sparse.map=0,1", "GNU.sparse.size=8589934592"), ("GNU.sparse.map=0,1,4,1",)])
def test_a_sparse_member_under_the_type_of_a_plain_file_is_refused(tmp_path: Path, records: tuple[str, ...]) -> None:
    member = tarfile.TarInfo("packs/m/1/c/1.json")
    member.pax_headers = dict(record.split("=", 1) for record in records)
    path = tmp_path / "case.tar"
    path.write_bytes(member.tobuf(tarfile.PAX_FORMAT) + b"\0" * 1024)
    with pytest.raises(HallmarkError):
        _ = Archive.read(path).pack


def test_many_members_that_claim_more_than_an_export_holds_are_refused_unread(tmp_path: Path) -> None:
    """A GNU sparse file of 6 GB fits into 10 kB; nothing of it may come into memory."""
    raw, path = tmp_path / "raw", tmp_path / "case.tar"
    with raw.open("wb") as file:
        file.truncate(6 << 30)
    subprocess.run(["tar", "-S", "--format=gnu", "-cf", path, "-C", tmp_path, "raw"], check=True, timeout=60)
    assert path.stat().st_size < 1 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(HallmarkError):
        Archive.read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"


def test_headers_without_end_are_refused(tmp_path: Path) -> None:
    """A name of a name of a name ends in no traceback, which would answer as if the pack were authentic."""
    long = tarfile.TarInfo("x")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 4
    path = tmp_path / "case.tar"
    path.write_bytes((long.tobuf(tarfile.GNU_FORMAT) + b"abc".ljust(512, b"\0")) * 3000)
    with pytest.raises(HallmarkError):
        Archive.read(path)


def test_an_export_of_two_cases_is_refused(small_decided: Place, data: bytes, tmp_path: Path) -> None:
    """Else the pack of a refused case could be read as that of the good one beside it."""
    other = small_decided.certify("two", tasks=()).case
    both = read(data, tmp_path).members | read(small_decided.export(other), tmp_path).members
    with pytest.raises(Tampered, match="several cases, not of one: .*" + other):
        _ = Archive("both", both).pack
