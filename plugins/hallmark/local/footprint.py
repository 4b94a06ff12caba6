"""What the services of a home and their tasks take: memory while they run, disk afterwards."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hallmark.local.processes import parents

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Footprint:
    """The most memory that the process `pid` and all below it were seen to take, in bytes; 0 where /proc is not."""

    pid: int
    memory: int = 0
    began: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Take a look; shared pages count once (proportional set size)."""
        self.memory = max(self.memory, sum(_proportional(pid) for pid in _below(self.pid)))

    def spelled(self, folder: Path) -> str:
        """Time since the beginning, memory, and what `folder` takes on disk, for a person."""
        disk = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
        memory = f"at most {self.memory / 1e9:.1f} GB of memory, " if self.memory else ""
        seconds = time.monotonic() - self.began
        return f"{seconds:.0f} s since the services answered, {memory}{disk / 1e6:.0f} MB in {folder.name}"


def _below(pid: int) -> set[int]:
    tree, found = parents(), {pid}
    while more := {child for child, parent in tree.items() if parent in found} - found:
        found |= more
    return found


def _proportional(pid: int) -> int:
    with suppress(OSError):  # it ended meanwhile, or /proc is not there
        match = _PSS.search((Path("/proc") / str(pid) / "smaps_rollup").read_text("ascii", "replace"))
        return int(match[1]) * 1024 if match else 0
    return 0
