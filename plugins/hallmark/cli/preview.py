"""`hallmark preview DIR`: what a certification would say, at the shell and in seconds."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from hallmark.cli.say import coloured, say
from hallmark.preview import Preview, preview
from hallmark.report.terminal import page_of
from hallmark.verdict.finding import USABLE


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="what `hallmark init` wrote, marks and all")
    parser.add_argument("--cohort", default="", help="one of cohorts/; the newest without it")
    parser.add_argument("--report", metavar="FILE", type=Path, help="write the report as HTML too")


def run(options: argparse.Namespace) -> int:
    """Print what would be decided; exit 0 when it could be used, 1 when not. A deploy step asks `hallmark verify`."""
    seen = preview(options.folder, options.cohort)
    if options.report is not None:
        options.report.write_bytes(seen.page())
    show(seen)
    if options.report is not None:
        say(f"report={options.report}")
    return 0 if seen.verdict.decision in USABLE else 1


def show(seen: Preview) -> None:
    """Print the lines in what the terminal can do."""
    width = shutil.get_terminal_size((120, 24)).columns
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in seen.lines(page_of(width=width, colour=colour, encoding=sys.stdout.encoding or "ascii")):
        coloured(line)
    say(f"preview={seen.verdict.decision}")
