"""`hallmark register DIR`: take a version and its cohorts into the registry."""

import argparse
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import home
from hallmark.steps.register import register


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="holds manifest.yaml, cohorts/*.yaml, or both")


def run(options: argparse.Namespace) -> int:
    """Register, and say what is new."""
    for line in register(wiring.registry(home()), options.folder) or ["nothing new: it is registered already"]:
        print(line)
    return 0
