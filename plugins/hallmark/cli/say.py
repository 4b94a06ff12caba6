"""The one place that commands print from: what a terminal would act on in the words of others is made plain."""

import sys

from hallmark.report.plain import printable

_BEGIN = "\r\033[K"


def say(line: object = "", *, error: bool = False) -> None:
    """Print one line, on the standard error if it is an `error`; what a terminal would act on is spelled out."""
    print(printable(str(line)), file=sys.stderr if error else sys.stdout)


def coloured(line: str) -> None:
    """Print one line of `hallmark.report.terminal`, whose words are plain already and whose colours are our own."""
    print(line)


def move(line: str) -> None:
    """Put `line` in the place of the one that moves."""
    print(f"{_BEGIN}{printable(line)[:100]}", end="", flush=True)
