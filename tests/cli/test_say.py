"""What commands print is plain: no file of somebody else acts on the terminal, and no error ends with an answer."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

from hallmark.cli import main as program
from hallmark.cli.main import CANNOT_TELL, Command, main

CLI = Path(program.__file__).parent
HOSTILE = "\x1b]0;owned\x07\x1b[2Jregistered small 1\r\u202e\u2028"
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALLMARK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_a_key_of_a_registered_folder_does_not_act(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "manifest.yaml").write_text(f'"{HOSTILE.encode("unicode_escape").decode()}\\n\\x1b[2J": 1\n')
    assert main(["register", str(tmp_path)]) == CANNOT_TELL
    said = capsys.readouterr()
    assert not ACTIVE.search(said.out + said.err)
    (line,) = [one for one in said.err.splitlines() if "registered small 1" in one]
    assert "<U+001B>[2Jregistered small 1" in line


def test_a_header_and_a_group_that_are_drafted_do_not_act(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": n, "x": n * 0.37 % 1, "s\x1b[31mex": ("m\x1b[2J", "f")[n % 2], "y": n % 3 == 0} for n in range(300)]
    pd.DataFrame(rows).assign(p=0.5, y=lambda frame: frame.y.astype(int)).to_csv("d.csv", index=False)
    words = ["--data", "d.csv", "--predictions", "p", "--label", "y", "--group", "s\x1b[31mex", "--key", "id"]
    assert main(["init", "m", *words]) == 0
    said = capsys.readouterr()
    assert "s<U+001B>[31mex: f, m<U+001B>[2J; compared" in said.out
    assert not ACTIVE.search(said.out + said.err)


def test_wrong_words_do_not_act(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["cases", HOSTILE])
    assert end.value.code == CANNOT_TELL
    assert not ACTIVE.search(capsys.readouterr().err)


@pytest.mark.parametrize("file", sorted(CLI.glob("*.py")), ids=lambda file: file.name)
def test_commands_print_from_one_place(file: Path) -> None:
    named = {node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name)}
    assert ("print" in named) == (file.name == "say.py")
    assert not re.search(r"\.(stdout|stderr)\.(write|buffer)", file.read_text("utf-8"))


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command with a mistake in it."""
    (tmp_path / "faulty_command.py").write_text(
        'def arguments(parser): pass\ndef run(options): return {}["no\\x1b[2J such"]\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(program, "COMMANDS", (Command("faulty", "is not right", "faulty_command"),))


@pytest.mark.usefixtures("faulty")
def test_a_fault_of_the_program_is_one_sentence_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(program.TRACEBACK, raising=False)
    assert main(["faulty"]) == CANNOT_TELL
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("hallmark: a fault of the program (KeyError: ")
    assert line.endswith("; HALLMARK_TRACEBACK=1 before the command shows where")


@pytest.mark.usefixtures("faulty")
def test_where_the_fault_lies_is_shown_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(program.TRACEBACK, "1")
    assert main(["faulty"]) == CANNOT_TELL
    said = capsys.readouterr().err
    assert "faulty_command.py" in said
    assert not ACTIVE.search(said)
