"""`hallmark register DIR`: take a version and its cohorts into the registry."""

import argparse
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import home, repo
from hallmark.cli.say import say
from hallmark.steps.intake import with_own
from hallmark.steps.publish import drafted
from hallmark.steps.register import read


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="holds manifest.yaml, cohorts/*.yaml, or both")


def run(options: argparse.Namespace) -> int:
    """Register, and say what is new; an inventory entry waits for whoever publishes the rulebook."""
    incoming, intake = read(options.folder, today=wiring.now().date()), wiring.intake(home())
    coming = [one for one in (incoming.proposal,) if one is not None and not intake.holds(one)]
    if coming:
        with_own(drafted(repo(), ()), coming)  # asked before anything is taken in
    new = wiring.registry(home()).register(incoming.manifest, incoming.cohorts, incoming.folder)
    for one in coming:
        intake.propose(one)
        new.append(f"proposed {one.entry.model} for the inventory; hallmark rulebook publish takes it in")
    for line in new or ["nothing new: it is registered already"]:
        say(line)
    return 0
