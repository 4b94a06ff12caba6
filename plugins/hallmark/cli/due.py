"""`hallmark due`: the list that `recertify_due` works from."""

import argparse

from hallmark.cli.place import context
from hallmark.cli.say import say
from hallmark.cli.verify import moment
from hallmark.steps.recertify import due


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--at", metavar="TIME", help="as of this time, ISO 8601 with zone; now without it")


def run(options: argparse.Namespace) -> int:
    """Print what lapses, on which cohort it is certified again, and why."""
    found = due(context(), moment(options.at))
    for item in found:
        say(f"{item.model} {item.version} on {item.cohort}: {item.reason}")
    if not found:
        say("nothing is due")
    return 0
