"""`hallmark verify`: eight steps, an exit code, and the reason for it."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hallmark.cli.say import say
from hallmark.errors import BadInput, Tampered, Undecidable
from hallmark.evidence.files import sha256_of
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, Verification, verify

if TYPE_CHECKING:
    from hallmark.ports import Store


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("pack", metavar="PACK", help="s3://bucket/packs/..., an export, or a pack in a copied store")
    parser.add_argument("--root", metavar="FILE", type=Path, help="the root that you trust, from a source of your own")
    parser.add_argument("--artifact", metavar="FILE", type=Path, help="the artifact that is about to be deployed")
    for name in ("model", "version", "cohort"):
        parser.add_argument(f"--{name}", metavar="NAME", help=f"the {name} that the pack has to be about")
    parser.add_argument("--seen", metavar="FILE", type=Path, help="a checkpoint that you saw before")
    parser.add_argument("--at", metavar="TIME", help="judge as of this time, ISO 8601 with zone; now without it")


def run(options: argparse.Namespace) -> int:
    """Exit 0 usable, 1 authentic and not usable, 2 something present is wrong, 3 could not tell."""
    try:
        store, pack = _source(options.pack)
    except Tampered as error:
        say(f"hallmark: {error}", error=True)
        return int(Outcome.WRONG)
    answer = verify(
        Question(
            store=store,
            pack=pack,
            root=_bytes(options.root),
            at=moment(options.at),
            artifact_sha256=_digest(options.artifact),
            seen=_bytes(options.seen),
            model=options.model,
            version=options.version,
            cohort=options.cohort,
        )
    )
    _print(answer)
    return int(answer.outcome)


def moment(text: str | None) -> datetime:
    """The time that `text` spells; now without it. Raises `BadInput` for a time without zone."""
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"--at {text[:60]!r} is no ISO 8601 time, such as 2026-11-24T08:00:00Z") from error
    if at.tzinfo is None:
        raise BadInput(f"--at {text[:60]!r} has no zone; add Z for UTC")
    return at


def _source(pack: str) -> "tuple[Store, str]":
    if pack.startswith("s3://"):
        return _configured(pack)
    path = Path(pack)
    if path.is_dir() or not path.exists():
        raise Undecidable(f"{pack}: no such file; name a pack, an export or an s3:// address")
    if path.parts[-5:-4] == ("packs",):
        from hallmark.edges.directory import DirectoryStore

        return DirectoryStore(path.resolve().parents[4]), "/".join(path.parts[-5:])
    from hallmark.evidence.archive import Archive

    archive = Archive.read(path)
    return archive, archive.pack


def _configured(uri: str) -> "tuple[Store, str]":
    from hallmark import wiring
    from hallmark.cli.place import home
    from hallmark.local.environment import BUCKET, STORE_ENDPOINT

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if bucket != BUCKET or not key:
        raise Undecidable(f"{uri}: this installation holds packs as s3://{BUCKET}/packs/...; export the pack instead")
    return wiring.store(home(), endpoint=os.environ.get(STORE_ENDPOINT)), key


def _bytes(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise Undecidable(f"{path}: cannot be read ({error.strerror}); name a file that can") from error


def _digest(path: Path | None) -> str | None:
    try:
        return None if path is None else sha256_of(path)
    except OSError as error:
        raise Undecidable(f"{path}: cannot be read ({error.strerror}); name a file that can") from error


_WORDS = {
    Outcome.USABLE: "usable",
    Outcome.NOT_USABLE: "authentic, not usable",
    Outcome.WRONG: "WRONG",
    Outcome.CANNOT_TELL: "could not tell",
}


def _print(answer: Verification) -> None:
    for check in answer.checks:
        say(f"{check.number}  {'ok ' if check.ok else 'NO '} {check.title}: {check.says}")
    certification = answer.certification
    if certification is not None and answer.outcome in (Outcome.USABLE, Outcome.NOT_USABLE):
        demo = "DEMO " if certification.demo else ""
        told = certification.opening
        say(f"{demo}{certification.verdict.decision}: {told.model} {told.version} on cohort {told.cohort}")
        for condition in certification.verdict.conditions:
            say(
                f"condition of {condition.control}, due {condition.due:%Y-%m-%d}, {condition.owner}: {condition.action}"
            )
    say(f"verify={_WORDS[answer.outcome]}")
