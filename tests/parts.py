"""What `make test` runs: every test once, in parts of which three run at a time, since many wait for real programs.

A folder that takes long is a part of its own; what all of them begin with is made once. Each part is shown as it ends.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).parents[1]
AT_A_TIME = 3
QUICK = "not slow and not distributed"
ALONE = {"slow": ("tests/flow", "tests/browser"), QUICK: ("tests/assess", "tests/cli")}
"""The folders that are parts of their own, by the marks of their tests."""


def parts() -> list[list[str]]:
    """The words that select each part, the longest first: the folders that stand alone after what is left of a kind."""
    flow, *alone = [["-m", marks, folder] for marks, folders in ALONE.items() for folder in folders]
    left = [["-m", marks, "tests", *(f"--ignore={folder}" for folder in folders)] for marks, folders in ALONE.items()]
    return [flow, *left, *alone]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What runs now, so that an order to stop reaches it: pytest stops the programs that its tests have started."""

    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, words: list[str]) -> tuple[int, str]:
        """The exit code of a part, and what it printed."""
        command = [sys.executable, "-m", "pytest", "-q", *words]
        with subprocess.Popen(
            command, cwd=REPO, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as part:
            self.running.append(part)
            said, _ = part.communicate()
        return part.returncode, said.decode("utf-8", "replace")

    def stop(self, *_: object) -> None:
        """Interrupt every part as Ctrl-C does, which reaches them by itself."""
        for part in self.running:
            part.send_signal(signal.SIGINT)
        raise KeyboardInterrupt


def main() -> int:
    """Exit code 0 when every part has passed, 130 after an order to stop, else 1."""
    all_parts, codes = Parts(), []
    signal.signal(signal.SIGTERM, all_parts.stop)
    with tempfile.TemporaryDirectory() as share, ThreadPoolExecutor(AT_A_TIME) as pool:
        os.environ["HALLMARK_TESTS_SHARE"] = share
        begun = {pool.submit(all_parts.run, words): words for words in parts()}
        print(f"{len(begun)} parts, {AT_A_TIME} at a time; each is shown when it ends.", flush=True)
        try:
            for one in as_completed(begun):
                code, said = one.result()
                codes.append(code)
                outcome = "FAILED" if code else "passed"
                print(f"{said.rstrip()}\n{outcome}: pytest {shlex.join(begun[one])}\n", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            return 130
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
