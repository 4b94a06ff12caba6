"""What Hallmark says to each bad input: the exact sentence of `words.yaml`, on one line, and the exit code."""

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.cli.given import GIVEN, Patch, World

from hallmark.cli.main import main
from hallmark.local.lock import holder
from hallmark.local.machine import free_port

if TYPE_CHECKING:
    from tests.conftest import Place

ROWS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))


@pytest.fixture
def world(decided: "Place", tmp_path: Path, monkeypatch: Patch) -> Iterator[World]:
    cwd = tmp_path / "a folder"
    cwd.mkdir()
    monkeypatch.chdir(cwd)
    place = decided.copy(tmp_path / "a home" / "home")
    shutil.copytree(decided.home.root.parent / "built", tmp_path / "a home" / "built")
    monkeypatch.setenv("HALLMARK_HOME", str(place.home.root))
    for name in ("HALLMARK_REPO", "HALLMARK_STORE_ENDPOINT", "HALLMARK_LEDGER", "HALLMARK_KEYS"):
        monkeypatch.delenv(name, raising=False)
    made = World(cwd=cwd, place=place, port=free_port())
    yield made
    for one in made.kept:
        one.close()


def run(words: str) -> int:
    """What the program does with these words; a wrong command line ends it earlier."""
    try:
        return main(shlex.split(words))
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        return ended.code


@pytest.mark.parametrize("row", ROWS)
def test_each_bad_input_has_its_sentence_and_its_code(
    world: World, monkeypatch: Patch, capsys: pytest.CaptureFixture[str], row: str
) -> None:
    asked = ROWS[row]
    GIVEN[asked.get("given", "")](world, monkeypatch)
    capsys.readouterr()
    code, (out, err) = run(world.filled(asked["run"])), capsys.readouterr()
    assert "Traceback" not in out + err
    if "says" in asked:
        assert re.fullmatch(world.pattern(f"hallmark: {asked['says']}\n"), err), err
        assert err.count("\n") == 1
    else:
        assert err == ""
    if "shows" in asked:
        assert [line for line in out.splitlines() if re.fullmatch(world.pattern(asked["shows"]), line)], out
    assert code == asked["code"]
    assert holder(world.place.home) is None
