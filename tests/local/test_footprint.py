"""Memory and disk as they are told at the end of a certification."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hallmark.local.footprint import Footprint

TAKES = "x = bytearray(80_000_000); x[::4096] = b'1' * len(x[::4096]); print('there', flush=True); input()"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_memory_of_a_child_counts_and_stays_the_peak(tmp_path: Path) -> None:
    seen = Footprint(pid=os.getpid())
    seen.look()
    alone = seen.memory
    with subprocess.Popen(
        [sys.executable, "-c", TAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == "there\n"
        seen.look()
        child.communicate("\n")
    peak = seen.memory
    assert peak - alone > 75_000_000
    seen.look()
    assert seen.memory == peak


def test_a_process_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 2_000_000)
    seen = Footprint(pid=2**22 + 1)
    seen.look()
    assert seen.memory == 0
    assert seen.spelled(tmp_path) == f"0 s since the services answered, 2 MB in {tmp_path.name}"
