"""What a person can get wrong: one sentence, an exit code that is no answer, and nothing started or left behind."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.local.home import Home
from hallmark.local.lock import holder

if TYPE_CHECKING:
    from tests.cli.conftest import Program

Files = Callable[[Path], dict[str, bytes]]

ASKED = {
    "unknown-model": (["nobody", "1"], "registered models: card_default"),
    "unknown-version": (["card_default", "9"], "registered versions of card_default: 1"),
    "unknown-cohort": (["card_default", "1", "--cohort", "1999-01"], "registered cohorts: 2005-07"),
    "traversal-model": (["../../keys", "1"], "cannot be the name of a model"),
    "traversal-version": (["card_default", "../../../keys"], "cannot be the name of a version"),
    "traversal-cohort": (["card_default", "1", "--cohort", "../../x"], "../../x"),
    "empty-model": (["", "1"], "cannot be the name of a model"),
    "control-characters": (["card\x1b[31m", "1"], "cannot be the name of a model"),
}


@pytest.mark.parametrize("command", ["certify", "demo"])
@pytest.mark.parametrize("case", ASKED)
def test_what_is_not_registered_cannot_be_certified(hallmark: "Program", files: Files, case: str, command: str) -> None:
    words, says = ASKED[case]
    before = files(hallmark.home)
    wait = ["--wait"] if command == "certify" else []
    said = hallmark.sentence(command, *words, *wait)
    assert says in said or (command == "demo" and words[-1] in said)  # the example's own script says what it can build
    assert {name: data for name, data in files(hallmark.home).items() if name != "run/lock"} == before
    assert holder(Home(root=hallmark.home)) is None


def test_certify_without_services_says_what_to_start(hallmark: "Program") -> None:
    assert "hallmark up" in hallmark.started.sentence("certify", "card_default", "1")


@pytest.mark.parametrize(
    "words",
    [
        *("", "nonsense", "verify", "export x", "certify card_default", "cases --format xml"),
        *("up --port web", "rulebook burn", "show a b", "due --when now"),
    ],
)
def test_wrong_usage_is_never_an_answer(reading: "Program", words: str) -> None:
    assert "--help" in reading.sentence(*words.split())


@pytest.mark.parametrize("words", [["cases"], ["due"], ["rulebook", "publish"], ["demo"]], ids=lambda words: words[0])
def test_outside_a_clone_one_is_asked_for(bare: "Program", tmp_path: Path, words: list[str]) -> None:
    lost = bare.under(HALLMARK_REPO=str(tmp_path), HALLMARK_HOME="")
    assert f"{tmp_path}: no clone of Hallmark here" in lost.started.sentence(*words)


@pytest.mark.parametrize(
    "words",
    [
        *("cases", "due", "rulebook show", "root show", "root show --path", "certify card_default 1"),
        *(f"show {'0' * 20}", f"export {'0' * 20} -o x.tar"),
    ],
)
def test_before_a_root_was_founded_it_is_asked_for(bare: "Program", words: str) -> None:
    assert "no root here" in bare.sentence(*words.split())
    assert not bare.home.exists()


def test_rulebook_publish_founds_once_and_publishes_once(bare: "Program") -> None:
    first = bare.started("rulebook", "publish")
    assert first.stdout.startswith(f"founded a demo root: {bare.root}\nrulebook 1, issued ")
    root = bare.root.read_bytes()
    assert bare("rulebook", "publish").stdout == "rulebook 1 says the same already; nothing was published\n"
    assert bare.root.read_bytes() == root
    assert len(list((bare.home / "store" / "hallmark" / "rulebooks").iterdir())) == 1


def test_down_where_nothing_runs_is_no_error(reading: "Program") -> None:
    done = reading.started("down")
    assert (done.returncode, done.stdout) == (0, "nothing to stop: make up runs nothing here\n")


@pytest.mark.parametrize("port", ["taken", "0", "-1", "70000"])
def test_a_port_that_cannot_be_had(hallmark: "Program", port: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = str(other.getsockname()[1]) if port == "taken" else port
        assert "PORT=" in hallmark.started.sentence("up", f"--port={number}")
    assert holder(Home(root=hallmark.home)) is None


@pytest.mark.parametrize("part", ["root.json", "keys/worker.key", "store/hallmark/rulebooks/1.json", "ledger.db"])
def test_a_damaged_installation_is_one_sentence(hallmark: "Program", part: str) -> None:
    (hallmark.home / part).chmod(0o600)
    (hallmark.home / part).write_bytes(b"{}")
    for words in (["cases"], ["show", hallmark.case], ["rulebook", "show"], ["due"], ["rulebook", "publish"]):
        done = hallmark(*words)
        assert done.returncode == 0 or len(done.stderr.splitlines()) == 1, (words, done.stderr)
    assert hallmark("rulebook", "publish").returncode == 3 or part == "keys/worker.key"
