"""`hallmark cases`: what the ledger holds."""

import argparse
import json
from collections.abc import Iterator, Sequence

from hallmark.cli.place import context
from hallmark.cli.say import say
from hallmark.errors import Undecidable
from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.steps.context import Context


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(options: argparse.Namespace) -> int:
    """Print the cases, newest last."""
    rows = list(listed(entries(context())))
    if options.format == "json":
        for line in json.dumps(rows, indent=2).splitlines():
            say(line)
        return 0
    if not rows:
        say("no case yet; `make certify` runs one")
    for row in rows:
        say(
            "  ".join(
                (row["case"], f"{row['verdict']:<11}", row["model"], row["version"], row["cohort"], row["opened"])
            )
        )
    return 0


def entries(where: Context) -> Sequence[Entry]:
    """The entries of the ledger; none before anything was published."""
    try:
        return read_ledger(where.store, where.chain()).entries
    except Undecidable:
        return ()


def listed(found: Sequence[Entry]) -> Iterator[dict[str, str]]:
    """A row for each opened case; `verdict` is `undecided` while there is no pack."""
    packs = {entry.case: entry for entry in found if entry.kind is EntryKind.PACK}
    for entry in found:
        if entry.kind is not EntryKind.OPENED:
            continue
        pack = packs.get(entry.case)
        yield {
            "case": entry.case,
            "model": entry.model,
            "version": entry.version,
            "cohort": entry.cohort,
            "opened": rfc3339(entry.at),
            "verdict": pack.decision if pack else "undecided",
            "expires": rfc3339(pack.expires_at) if pack and pack.expires_at else "",
            "pack": pack.key if pack else "",
        }


def pack_of(where: Context, case: str) -> Entry:
    """The newest pack of a case. Raises `Undecidable` when the ledger has none."""
    packs = [entry for entry in entries(where) if entry.case == case and entry.kind is EntryKind.PACK]
    if not packs:
        raise Undecidable(f"the ledger has no pack of a case {case[:40]!r}; `hallmark cases` lists them")
    return packs[-1]
