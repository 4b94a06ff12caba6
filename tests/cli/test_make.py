"""What `make certify` runs, as a person runs it: the whole way, and Ctrl-C at every moment."""

import re
import time
from typing import TYPE_CHECKING

import pytest
from tests.cli.foreground import interrupt, processes

from hallmark.local.home import Home
from hallmark.local.lock import holder

if TYPE_CHECKING:
    from tests.cli.conftest import Program

pytestmark = pytest.mark.slow

LAST = re.compile(
    r"verdict=(certified|conditional|refused|referred) (pack=(s3://hallmark/packs/[a-z0-9_/.-]+/1\.json))"
)


@pytest.mark.parametrize(
    ("moment", "times"),
    [
        ("^building the example", 1),
        ("^starting the store", 1),
        ("^waiting for Airflow", 1),
        ("^  open case", 1),
        ("^  (data quality|drift|fairness|performance) ", 4),
    ],
    ids=["building", "starting", "waiting", "running", "gate"],
)
def test_ctrl_c_leaves_nothing_running(demo: "Program", moment: str, times: int) -> None:
    code, errors = interrupt(demo, ["demo", "card_default", "0-hostile"], moment, times)
    assert code == 130
    assert errors == "hallmark: interrupted; what was started has been stopped\n"
    end = time.monotonic() + 5
    while left := processes(demo.home):
        assert time.monotonic() < end, left
        time.sleep(0.1)
    assert holder(Home(root=demo.home)) is None


def test_the_next_run_certifies_and_its_last_line_is_for_scripts(demo: "Program") -> None:
    done = demo("demo", "card_default", "1", seconds=400)
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    found = LAST.fullmatch(last)
    assert found, last
    assert "building the example" not in done.stdout, "what is registered is not built again"
    case = found[3].split("/")[-2]
    assert f"hallmark verify {found[3]} --root " in done.stdout
    pack = demo.home / "store" / "hallmark" / found[3].removeprefix("s3://hallmark/")
    assert demo("verify", pack, "--root", demo.root).returncode == (
        0 if found[1] in ("certified", "conditional") else 1
    )
    assert demo("show", case).returncode == 0
    assert processes(demo.home) == []
