"""`hallmark`: parse the words, run one command, map every error to one sentence and an exit code."""

import argparse
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from hallmark import __version__
from hallmark.cli.say import say
from hallmark.errors import HallmarkError

CANNOT_TELL = 3
"""Exit code when the question could not be answered, a wrong command line included: 0, 1 and 2 are answers."""

INTERRUPTED = 130

TRACEBACK = "HALLMARK_TRACEBACK"
"""The name in the environment that, set to anything, shows where a fault of the program lies."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, what it does, and the module that declares its arguments and runs it."""

    words: str
    help: str
    module: str


COMMANDS = (
    Command("demo", "set up the example under a demo root and certify it", "hallmark.cli.demo"),
    Command("up", "keep Airflow and the store running", "hallmark.cli.up"),
    Command("down", "stop what `up` keeps running", "hallmark.cli.down"),
    Command("certify", "certify a registered model version through Airflow", "hallmark.cli.certify"),
    Command("cases", "list the cases in the ledger, newest last", "hallmark.cli.cases"),
    Command("show", "show the pack of a case", "hallmark.cli.show"),
    Command("explain", "show what a number of a case was made of", "hallmark.cli.explain"),
    Command("export", "write the pack of a case with everything it rests on as one file", "hallmark.cli.export"),
    Command("verify", "verify a pack or an export against a root", "hallmark.cli.verify"),
    Command("init", "write a draft of all that a model needs, guessed from its data", "hallmark.cli.init"),
    Command("preview", "show what a certification of a folder would say; certifies nothing", "hallmark.cli.preview"),
    Command("register", "take a model version and its cohorts into the registry", "hallmark.cli.register"),
    Command("due", "list what lapses and why", "hallmark.cli.due"),
    Command("rulebook", "publish the rulebook, or show it", "hallmark.cli.rulebook"),
    Command("user", "add, list or remove who may log in to the pages", "hallmark.cli.user"),
    Command("root", "show the root of this installation", "hallmark.cli.root"),
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and never ends with a code that is an answer."""

    def error(self, message: str) -> NoReturn:
        """End with CANNOT_TELL."""
        say(f"hallmark: {message}; see {self.prog} --help", error=True)
        raise SystemExit(CANNOT_TELL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    os.umask(0o077)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # whoever reads a pipe sees each line as it happens
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except HallmarkError as error:
        for line in f"hallmark: {error}".split("\n"):  # several problems, one a line
            say(line, error=True)
        return CANNOT_TELL
    except KeyboardInterrupt as error:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not replace the sentence and the code
        say(f"hallmark: interrupted; {str(error) or 'what was started has been stopped'}", error=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return CANNOT_TELL
    except OSError as error:
        where = error.filename2 or error.filename or "the system"
        say(f"hallmark: {where}: {error.strerror or error}; mend that and repeat", error=True)
        return CANNOT_TELL
    except Exception as error:  # else Python would leave with 1, which is an answer
        _own_fault(error)
        return CANNOT_TELL


def _own_fault(error: Exception) -> None:
    """One sentence; the traceback, for whoever mends the program, is shown where the environment asks for it."""
    if os.environ.get(TRACEBACK):
        for line in "".join(traceback.format_exception(error)).splitlines():
            say(line, error=True)
    told = f"{type(error).__name__}: {error}"[:200]
    say(f"hallmark: a fault of the program ({told}); {TRACEBACK}=1 before the command shows where", error=True)


def _run(words: list[str]) -> int:
    parser = Parser(prog="hallmark", description="Certifies machine-learning models.")
    parser.add_argument("--version", action="version", version=f"hallmark {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        own = commands.add_parser(command.words, help=command.help, description=command.help)
        if words[:1] == [command.words]:  # the others stay unimported: `verify` must be light
            module = importlib.import_module(command.module)
            module.arguments(own)
            own.set_defaults(run=module.run)
    options = parser.parse_args(words)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
