"""The program without the start of an interpreter: a process that imported the commands once forks for each call."""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hallmark.cli.main import COMMANDS, main

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True, kw_only=True)
class Forks:
    """Runs commands in children of `server`, which keeps what they print in `folder`."""

    server: "subprocess.Popen[str]"
    folder: Path

    def __call__(self, words: Sequence[str], variables: Mapping[str, str], cwd: Path, seconds: float) -> Done:
        """As the installed program: its own environment and folder, nothing to read, and an end after `seconds`."""
        said = {name: self.folder / name for name in ("out", "err")}
        asked = {"words": words, "variables": dict(variables), "cwd": str(cwd), "seconds": seconds}
        assert self.server.stdin is not None and self.server.stdout is not None
        print(json.dumps(asked | {name: str(path) for name, path in said.items()}), file=self.server.stdin, flush=True)
        code = int(self.server.stdout.readline())
        out, err = (path.read_text("utf-8") for path in said.values())
        return Done(words, code, out, err)


@contextmanager
def forks(folder: Path) -> Iterator[Forks]:
    """Keep a server as long as the context lasts."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-P", __file__]
    with subprocess.Popen(command, env=variables, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield Forks(server=server, folder=folder)


def serve() -> int:
    """Answer each line with the exit code of its command; a child leaves by the same way as the program."""
    for command in COMMANDS:
        if command.words != "init":  # its libraries start threads, and a process that has some is not to be forked
            importlib.import_module(command.module)
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        child = os.fork()
        if not child:
            become(**asked)
            return main()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return 0


def become(words: list[str], variables: dict[str, str], cwd: str, seconds: float, out: str, err: str) -> None:
    """Be the process that the program would have been."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["hallmark", *words]
    signal.alarm(int(seconds))
    new = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, (path, how) in enumerate([(os.devnull, os.O_RDONLY), (out, new), (err, new)]):
        os.dup2(os.open(path, how), number)


if __name__ == "__main__":
    sys.exit(serve())
