"""`hallmark export CASE -o FILE`: a pack with everything it rests on."""

import argparse
from pathlib import Path

from hallmark.cli.cases import pack_of
from hallmark.cli.place import context
from hallmark.cli.say import say
from hallmark.errors import BadInput
from hallmark.evidence.archive import exported
from hallmark.policy.names import checked


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", metavar="CASE")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, type=Path)


def run(options: argparse.Namespace) -> int:
    """Write the file, whole or not at all."""
    if not options.output.name:
        raise BadInput(f"-o {str(options.output)!r} names no file; give the name of one, such as case.tar")
    where = context()
    entry = pack_of(where, checked("case", options.case))
    data = exported(where.store, entry.key, where.chain())
    partial = options.output.with_name(options.output.name + ".partial")
    try:
        partial.write_bytes(data)
        partial.replace(options.output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BadInput(f"{options.output}: cannot be written ({error.strerror}); name another file") from error
    say(f"{options.output}: {len(data):,} bytes; hallmark verify {options.output} --root ROOT")
    return 0
