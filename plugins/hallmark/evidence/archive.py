"""The export of a case: a deterministic tar under the keys of the store, and the store that reads it."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import Conflict, Missing, Tampered, Undecidable
from hallmark.evidence.canonical import decode
from hallmark.evidence.case import WORKSPACE, open_pack
from hallmark.evidence.envelope import open_envelope
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.places import blob_key, checkpoint_key, entry_key, pack_key, rulebook_key, step_key
from hallmark.evidence.step import PAYLOAD, StepStatement
from hallmark.evidence.trust import Chain
from hallmark.policy.role import KeyUse
from hallmark.ports import Store

MAX_BYTES = 256 * 1024 * 1024
"""The largest export in bytes that is read, and the most that its members may come to."""

PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
"""The types of a plain file; a sparse one is none, since it says more bytes than it holds."""


def exported(store: Store, pack: str, chain: Chain) -> bytes:
    """Return the tar of the pack at key `pack`: its blobs and steps, all rulebooks, all entries up to one checkpoint.

    Equal contents give equal bytes. Raises `Missing` or `Tampered` when the store does not hold what the pack names.
    """
    size = read_ledger(store, chain).checkpoint.size
    keys = {pack, checkpoint_key(size), *_named(store, pack, chain)}
    keys |= {rulebook_key(number) for number in range(1, len(chain.accepted) + 1)}
    keys |= {entry_key(index) for index in range(size)}
    return _tar({key: store.get(key) for key in keys})


def _tar(members: Mapping[str, bytes]) -> bytes:
    """The one spelling of an export with these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for key, data in sorted(members.items()):
            member = tarfile.TarInfo(key)
            member.size, member.mode = len(data), 0o444
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def _named(store: Store, pack: str, chain: Chain) -> Iterator[str]:
    """The keys of what a pack names: blobs, steps and reviews with their products, and the first pack of its case."""
    certification = open_pack(store.get(pack), chain.keys(KeyUse.CERTIFIER))
    told = certification.opening
    if certification.first_sha256 is not None:
        yield pack_key(told.model, told.version, told.case, 1)
    for blob in certification.blobs:
        yield blob_key(blob.digest.sha256)
    signed = [(step, KeyUse.WORKER) for step in certification.steps]
    signed += [(review, KeyUse.REVIEWER) for review in certification.reviews]
    for reference, use in signed:
        key = step_key(certification.case, reference.task, reference.sha256)
        yield key
        for product in decode(_payload(store, key, chain, use), StepStatement).subject:
            if not product.name.startswith(WORKSPACE):
                yield blob_key(product.digest.sha256)


def _payload(store: Store, key: str, chain: Chain, use: KeyUse) -> bytes:
    return open_envelope(store.get(key), chain.keys(use), PAYLOAD).payload


@dataclass(frozen=True, slots=True)
class Archive:
    """An export as a read-only store."""

    name: str
    members: dict[str, bytes]

    @classmethod
    def read(cls, path: Path) -> "Archive":
        """Read an export. Raises `Undecidable` when it is none, `Tampered` when it holds anything but plain files."""
        if path.stat().st_size > MAX_BYTES:
            raise Undecidable(f"{path}: larger than {MAX_BYTES:,} bytes, which no export is")
        data = path.read_bytes()
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
                members = dict(_members(tar))
        except (tarfile.TarError, OSError, EOFError, ValueError, RecursionError) as error:
            raise Undecidable(f"{path}: cannot be read as an export ({error}); export the case again") from error
        # a reader of tar stops quietly at a damaged header, and what lies behind it would be missing
        if _tar(members) != data:
            raise Tampered(f"{path}: is not the one spelling of its members; it was damaged or made by something else")
        return cls(str(path), members)

    @property
    def pack(self) -> str:
        """The key of the newest pack of its one case. Raises `Undecidable` without any, `Tampered` with two cases."""
        packs = list(self.keys("packs/"))
        if not packs:
            raise Undecidable(f"{self.name}: holds no pack")
        cases = {key.rpartition("/")[0].removeprefix("packs/") for key in packs}
        if len(cases) > 1:
            raise Tampered(f"{self.name}: holds the packs of several cases, not of one: {', '.join(sorted(cases))}")
        return packs[-1]

    def put(self, key: str, data: bytes) -> None:
        """An export is never written to."""
        raise Conflict(f"{self.name}: an export is read only")

    def get(self, key: str) -> bytes:
        """The bytes under `key`. Raises `Missing`."""
        if key not in self.members:
            raise Missing(f"{self.name}: lacks {key}")
        return self.members[key]

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, in lexical order."""
        return iter(sorted(key for key in self.members if key.startswith(prefix)))

    def uri(self, key: str) -> str:
        """The address of `key` inside the file."""
        return f"{self.name}:{key}"

    def protection(self) -> str:
        """A file protects nothing; digests and signatures do."""
        return "an export: a file that anyone can change"


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    left = MAX_BYTES
    for member in tar:
        left -= member.size
        if left < 0:
            raise Undecidable(f"The members of the export come to more than {MAX_BYTES:,} bytes, which no export does.")
        plain = member.type in PLAIN and not member.issparse()
        stream = tar.extractfile(member) if plain else None
        if stream is None or member.name in seen:
            raise Tampered(f"The export holds {member.name!r}, which is no plain file or stands in it twice.")
        seen.add(member.name)
        yield member.name, stream.read()
