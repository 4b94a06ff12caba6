"""`hallmark show CASE`: the pack of a case, every finding."""

import argparse

from hallmark.cli.cases import pack_of
from hallmark.cli.outcome import show
from hallmark.cli.place import context
from hallmark.cli.say import say
from hallmark.policy.names import checked
from hallmark.steps.packs import read_pack


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", metavar="CASE")


def run(options: argparse.Namespace) -> int:
    """Print the pack."""
    where = context()
    entry = pack_of(where, checked("case", options.case))
    show(where, read_pack(where, entry.model, entry.version, entry.case, entry.number))
    say(where.store.uri(entry.key))
    return 0
