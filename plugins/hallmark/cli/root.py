"""`hallmark root found | show`: the beginning of an installation, and what a verifier has to pin."""

import argparse

from hallmark import wiring
from hallmark.cli.place import home
from hallmark.cli.say import say
from hallmark.errors import BadInput
from hallmark.evidence.canonical import digest
from hallmark.evidence.trust import read_root
from hallmark.policy.names import checked


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("found", "show"))
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="what `found` calls it, as bank.example")
    parser.add_argument("--path", action="store_true", help="print nothing but where it lies")


def run(options: argparse.Namespace) -> int:
    """Found the installation under a name of its own, or print the root that it has."""
    if options.action == "found":
        _found(options.name)
    data = wiring.root(home())
    if options.path:
        say(wiring.root_path(home()))
        return 0
    root = read_root(data)
    say(f"{'DEMO ' if root.demo else ''}root {root.name}, sha256 {digest(data)}")
    for key in root.publishers:
        say(f"  publisher {key.key_id}")
    return 0


def _found(name: str) -> None:
    """A root is never exchanged: what it sealed would no longer verify."""
    if not name:
        raise BadInput("`hallmark root found` needs a name: `hallmark root found bank.example`")
    if not wiring.found(home(), name=checked("root", name), demo=False):
        raise BadInput(f"{wiring.root_path(home())}: a root is here already; found another in another home")
