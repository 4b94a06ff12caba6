"""`hallmark down`: stop what `up` keeps running, and nothing else."""

import argparse

from hallmark.cli.place import home
from hallmark.cli.say import say
from hallmark.local.services import down


def arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(options: argparse.Namespace) -> int:
    """Stop; nothing to stop is no error."""
    down(home(), say=say)
    return 0
