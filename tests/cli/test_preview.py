"""`hallmark preview`: the same findings as a certification, in seconds, and nothing that could pass for one."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.own import fill_in, write_data

from hallmark.evidence.statement import Certification
from hallmark.preview import NOTHING, Preview, preview
from hallmark.steps.packs import read_pack
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.conftest import Place

pytestmark = pytest.mark.slow

Files = Callable[[Path], dict[str, bytes]]
DRAFT = ["--data", "holdout.csv", "--training", "training.csv", "--predictions", "score", "--label", "malignant"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the data, a draft as it was written, and one that a person filled in; only read."""
    from hallmark.cli.main import main

    place = tmp_path_factory.mktemp("preview")
    write_data(place)
    words = [str(place / word) if word.endswith(".csv") else word for word in DRAFT]
    assert main(["init", str(place / "tumours"), *words]) == 0
    shutil.copytree(place / "tumours", place / "confirmed")
    fill_in(place / "confirmed")
    return place


@pytest.fixture(scope="module")
def seen(folder: Path, warm: None, tmp_path_factory: pytest.TempPathFactory) -> Preview:
    """The preview of what a person filled in, on a home of nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HALLMARK_HOME", str(tmp_path_factory.mktemp("nobody") / "home"))
        return preview(folder / "confirmed")


def test_a_draft_is_shown_marks_and_all(bare: "Program", folder: Path) -> None:
    done = bare.started("preview", folder / "tumours", "--report", "page.html")
    first = " ".join(done.stdout.split("\n\n")[0].splitlines())
    assert first.startswith(f"{NOTHING} ")
    assert re.search(r" \d\d guesses and gaps still stand in the draft\.", first)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-2:] == ["preview=refused", "report=page.html"]
    assert "no-standard" in done.stdout
    assert "Tier high demands fairness, and no policy asks for it of purpose ''" in first
    assert "credit-scoring is for purpose credit-decision in EU" in first
    page = (bare.cwd / "page.html").read_text("utf-8")
    assert page.index(NOTHING) < page.index("<h1>")
    assert not bare.home.exists()


def test_nothing_of_the_installation_is_touched(reading: "Program", folder: Path, files: Files) -> None:
    """Neither its keys nor its ledger nor its store; settings of another store are not looked at."""
    before, drafts = files(reading.home), files(folder)
    lost = {"HALLMARK_STORE_ENDPOINT": "http://127.0.0.1:9", "HALLMARK_LEDGER": "postgresql://127.0.0.1:9/none"}
    done = reading.started.under(**lost)("preview", folder / "confirmed")
    assert done.stdout.startswith(NOTHING), done.stderr
    assert files(reading.home) == before
    assert files(folder) == drafts


def test_in_a_notebook_it_takes_three_lines(bare: "Program", folder: Path) -> None:
    lines = f"from hallmark.preview import preview\nv = preview({str(folder / 'confirmed')!r})\nprint(len(v.findings))"
    done = subprocess.run(
        [sys.executable, "-c", lines], env=bare.variables(), cwd=bare.cwd, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 20
    assert not bare.home.exists()


def test_it_reads_as_a_page_and_as_text(seen: Preview) -> None:
    assert repr(seen).startswith("PREVIEW, nothing was certified")
    shown = seen._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and 'sandbox=""' in shown
    assert "<script" not in shown and "&lt;script" not in shown
    assert NOTHING in shown


def test_the_low_tier_has_a_standard_and_says_what_was_not_assessed(seen: Preview) -> None:
    assert seen.lacking == ()
    assert seen.standing == 0
    assert {one.expected.policy for one in seen.findings} >= {"minimum-standard", "data-governance", "model-risk"}
    assert not [one for one in seen.findings if one.expected.key.measure.startswith("fairness.")]
    assert "Fairness was not assessed: no sensitive attribute is declared." in repr(seen)
    assert seen.verdict.decision in (Decision.CONDITIONAL, Decision.REFERRED)


def test_a_tier_that_demands_fairness_is_not_met_without_groups(
    folder: Path, warm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALLMARK_HOME", str(tmp_path / "home"))
    shutil.copytree(folder / "tumours", tmp_path / "tumours")
    fill_in(tmp_path / "tumours", tier="medium")
    answer = preview(tmp_path / "tumours")
    assert answer.verdict.decision is Decision.REFUSED
    assert answer.verdict.because.startswith("no-standard")
    assert [line.partition(",")[0] for line in answer.lacking] == [
        f"Tier medium demands {dimension}" for dimension in ("fairness", "performance")
    ]


def test_it_says_what_a_certification_says(decided: "Place", warm: None) -> None:
    """The card example: every finding has the status that it has in the pack of the real case."""
    pack: Certification = read_pack(decided.context, "card_default", "1", decided.case)
    answer = preview(decided.home.root.parent / "built")
    found, real = ({one.expected.key: one.status for one in of.findings} for of in (answer.verdict, pack.verdict))
    assert found == real
    assert answer.verdict.decision is pack.verdict.decision


@pytest.mark.parametrize("case", ["nothing-there", "no-manifest", "other-cohort", "file-changed", "no-door"])
def test_what_cannot_be_shown_is_one_sentence(bare: "Program", folder: Path, case: str) -> None:
    place, words = bare.cwd / "tumours", ["preview", "tumours"]
    shutil.copytree(folder / "confirmed", place)
    if case == "nothing-there":
        shutil.rmtree(place)
    if case == "no-manifest":
        (place / "manifest.yaml").unlink()
    if case == "other-cohort":
        words += ["--cohort", "august"]
    if case == "file-changed":
        (place / "training.parquet").write_bytes(b"x")
    if case == "no-door":
        (place / "manifest.yaml").write_text("model: [", "utf-8")
    says = {
        "nothing-there": "tumours: no manifest.yaml and no cohorts",
        "no-manifest": "tumours: no manifest.yaml here",
        "other-cohort": "registered cohorts: holdout",
        "file-changed": "its SHA-256 is",
        "no-door": "tumours/manifest.yaml:1:",
    }
    assert says[case] in bare.sentence(*words)
    assert not bare.home.exists()
