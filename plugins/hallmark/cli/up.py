"""`hallmark up`: keep Airflow and the store running until `down`."""

import argparse

from hallmark.cli.place import home, repo
from hallmark.cli.say import say
from hallmark.local.services import up


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, default=8080, help="of the UI, on 127.0.0.1")


def run(options: argparse.Namespace) -> int:
    """Start, or say that it is up."""
    up(home(), repo(), port=options.port, say=say)
    return 0
