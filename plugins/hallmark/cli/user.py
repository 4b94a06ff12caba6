"""`hallmark user add | list | remove`: who may log in to the pages, and as what."""

import argparse
import getpass
import stat
import sys
from pathlib import Path
from typing import Final, TextIO

from hallmark.cli.place import home
from hallmark.cli.say import say
from hallmark.errors import BadInput
from hallmark.web.accounts import Role, add, current_roles, remove

_NO_TEXT: Final = "the password is no text in UTF-8; nothing was changed: give one line in that encoding"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("add", "list", "remove"))
    parser.add_argument("name", metavar="NAME", nargs="?", default="")
    parser.add_argument("--role", choices=[role.value for role in Role], help="what the user may do; needed to add")
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        type=Path,
        help="the password, one line, mode 0600; asked for at the terminal, or read from a pipe, without it",
    )


def run(options: argparse.Namespace) -> int:
    """Change or show the accounts of this installation; whoever is logged in feels it at the next request."""
    keys = home().create().accounts
    if options.action == "list":
        for name, role in sorted(current_roles(keys).items()):
            say(f"{role:<14}{name}")
        return 0
    if not options.name:
        raise BadInput(f"`hallmark user {options.action}` needs the name of a user")
    if options.action == "remove":
        remove(keys, options.name)
        say(f"{options.name} may log in no longer")
        return 0
    if options.role is None:
        raise BadInput(f"--role is missing; one of {', '.join(Role)}")
    add(keys, options.name, Role(options.role), _text(_password(options.password_file)))
    say(f"{options.name} may log in as {options.role}")
    return 0


def _password(file: Path | None) -> str:
    """From a private file, a pipe or the terminal, and never from the command line, which everybody sees."""
    if file is not None:
        return _from_file(file)
    if not sys.stdin.isatty():
        return _line(sys.stdin)
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same once more: ") != first:
        raise BadInput("the two passwords are not the same; nothing was changed")
    return first


def _line(pipe: TextIO) -> str:
    try:
        return pipe.readline().rstrip("\n")
    except UnicodeDecodeError as error:
        raise BadInput(_NO_TEXT) from error


def _text(password: str) -> str:
    """The same, unless it holds bytes that are no text, which Python carries along as lone surrogates."""
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise BadInput(_NO_TEXT) from error
    return password


def _from_file(file: Path) -> str:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise BadInput(f"{file}: others can read it (mode {mode:04o}); `chmod 600` it, and choose a new password")
        return (file.read_text("utf-8").splitlines() or [""])[0]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: cannot be read as a password ({error}); name a file with one line of text") from error
