"""`hallmark root show`: what a verifier has to pin."""

import argparse

from hallmark import wiring
from hallmark.cli.place import home
from hallmark.evidence.canonical import digest
from hallmark.evidence.trust import read_root


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("show",))
    parser.add_argument("--path", action="store_true", help="print nothing but where it lies")


def run(options: argparse.Namespace) -> int:
    """Print the root."""
    data = wiring.root(home())
    if options.path:
        print(wiring.root_path(home()))
        return 0
    root = read_root(data)
    print(f"{'DEMO ' if root.demo else ''}root {root.name}, sha256 {digest(data)}")
    for key in root.publishers:
        print(f"  publisher {key.key_id}")
    return 0
