"""Commands that only read: cases, show, export, root, rulebook show, due."""

import json
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_cases_as_text_is_a_line_for_each_case(reading: "Program") -> None:
    done = reading.started("cases")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.split()[0] == reading.case
    assert line.split()[2:] == ["card_default", "1", "2005-07", "2026-11-24T12:00:00Z"]


def test_cases_as_json_is_for_scripts(reading: "Program") -> None:
    (row,) = json.loads(reading("cases", "--format", "json").stdout)
    assert list(row) == ["case", "model", "version", "cohort", "opened", "verdict", "expires", "pack"]
    assert row["case"] == reading.case
    assert row["verdict"] in ("certified", "conditional", "refused", "referred")
    assert row["pack"] == f"packs/card_default/1/{reading.case}/1.json"


def test_no_case_yet_is_no_error(bare: "Program") -> None:
    assert bare("rulebook", "publish").returncode == 0
    assert bare("cases").stdout == "no case yet; `make certify` runs one\n"
    assert json.loads(bare("cases", "--format", "json").stdout) == []


def test_show_prints_every_finding_and_where_the_pack_is(reading: "Program") -> None:
    done = reading.started("show", reading.case)
    assert (done.returncode, done.stderr) == (0, "")
    verdict = json.loads(reading("cases", "--format", "json").stdout)[0]["verdict"]
    assert re.search(rf"^  \S (DEMO )?{verdict.upper()}\b", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1].endswith(f"packs/card_default/1/{reading.case}/1.json")
    controls = set(re.findall(r"/([A-Z]{1,3}-\d+)\b", done.stdout))
    assert len(controls) > 8


@pytest.mark.parametrize("columns", ["40", "80", "300"])
def test_show_keeps_to_the_width_of_the_terminal(reading: "Program", columns: str) -> None:
    lines = reading.under(COLUMNS=columns)("show", reading.case).stdout.splitlines()
    for line in lines[:-1]:
        assert len(line) <= int(columns) or " " not in line.strip(), line


def test_output_in_ascii_says_the_same_without_a_crash(reading: "Program") -> None:
    plain = reading.started.under(PYTHONIOENCODING="ascii")("show", reading.case)
    assert plain.returncode == 0
    assert plain.stdout.isascii()
    assert reading.started.under(PYTHONIOENCODING="ascii")("cases").returncode == 0
    posix = reading.started.under(LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert posix("show", reading.case).returncode == 0


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "xterm-256color"}], ids=["no-color", "pipe"])
def test_neither_a_pipe_nor_no_color_sees_an_escape(reading: "Program", variables: dict[str, str]) -> None:
    assert "\x1b" not in reading.started.under(**variables)("show", reading.case).stdout


def test_a_reader_that_stops_reading_is_no_traceback(reading: "Program") -> None:
    import subprocess

    from_show = [str(Path(os.sys.executable).with_name("hallmark")), "show", reading.case]  # type: ignore[attr-defined]
    with subprocess.Popen(
        from_show, env=reading.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert "Traceback" not in program.stderr.read()
        assert "Exception" not in program.stderr.read()


def test_export_is_deterministic_and_private(reading: "Program", exported: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.tar"
    done = reading("export", reading.case, "-o", again)
    assert done.stdout == f"{again}: {len(exported.read_bytes()):,} bytes; hallmark verify {again} --root ROOT\n"
    assert again.read_bytes() == exported.read_bytes()
    assert stat.S_IMODE(again.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    ("where", "words"),
    [("no/such/folder/x.tar", "No such file"), (".", ""), ("/proc/x.tar", "")],
    ids=["no-folder", "a-folder", "read-only"],
)
def test_export_to_where_nothing_can_be_written(reading: "Program", tmp_path: Path, where: str, words: str) -> None:
    target = (tmp_path / where) if not where.startswith("/") else Path(where)
    line = reading.sentence("export", reading.case, "-o", target)
    assert words in line
    assert "name another file" in line
    assert not list(tmp_path.parent.glob("*.partial"))


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_export_to_no_name_asks_for_one(reading: "Program", name: str) -> None:
    assert "names no file; give the name of one" in reading.sentence("export", reading.case, "-o", name)


def test_root_says_that_it_is_a_demo_and_where_it_lies(reading: "Program") -> None:
    assert reading("root", "show", "--path").stdout == f"{reading.root}\n"
    assert reading.started("root", "show").stdout.startswith("DEMO root hallmark-test, sha256 ")


def test_rulebook_show_lists_controls_with_severity(reading: "Program") -> None:
    done = reading.started("rulebook", "show")
    assert done.stdout.startswith("rulebook 1, issued 2026-11-24T12:00:00Z, sha256 ")
    assert re.search(r"^    \S+ +(low|moderate|high|critical) +performance\.auc: ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-24T13:00:00Z", "^nothing is due$"),
        ("2027-06-01T00:00:00+02:00", "card_default 1 on 2005-07: .*expires"),
    ],
    ids=["fresh", "lapsed"],
)
def test_due_lists_what_lapses_at_a_time(reading: "Program", at: str, words: str) -> None:
    done = reading.started("due", "--at", at)
    assert done.returncode == 0
    assert re.search(words, done.stdout)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-24T13:00:00", "2026-11-24"], ids=["word", "no-zone", "date"])
@pytest.mark.parametrize("command", ["due", "verify"])
def test_a_time_without_zone_is_refused(reading: "Program", command: str, at: str) -> None:
    pack = [reading.pack] if command == "verify" else []
    assert "--at" in reading.sentence(command, *pack, "--at", at)


@pytest.mark.parametrize("case", ["0", "../../keys", "f" * 20, "F" * 20, ""], ids=str)
@pytest.mark.parametrize("command", ["show", "export"])
def test_an_unknown_case_is_one_sentence(reading: "Program", tmp_path: Path, command: str, case: str) -> None:
    rest = ("-o", tmp_path / "x.tar") if command == "export" else ()
    assert "case" in reading.sentence(command, case, *rest)
    assert list(tmp_path.iterdir()) == []
