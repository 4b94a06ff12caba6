"""From a draft to a rule: what a person has to confirm, what is only proposed, and who takes it into the rulebook."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.own import fill_in, write_data

from hallmark.documents.marks import marks

if TYPE_CHECKING:
    from tests.cli.conftest import Program

Files = Callable[[Path], dict[str, bytes]]
DRAFT = ["--data", "holdout.csv", "--training", "training.csv", "--predictions", "score", "--label", "malignant"]


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft that nobody looked at yet; copied, never changed."""
    from hallmark.cli.main import main

    folder = tmp_path_factory.mktemp("draft")
    write_data(folder)
    words = [str(folder / word) if word.endswith(".csv") else word for word in DRAFT]
    assert main(["init", str(folder / "tumours"), *words]) == 0
    return folder / "tumours"


@pytest.fixture
def tumours(draft: Path, bare: "Program") -> Path:
    """The draft in the folder where `bare` runs."""
    shutil.copytree(draft, bare.cwd / "tumours")
    return bare.cwd / "tumours"


def refused(bare: "Program", *words: str) -> list[str]:
    done = bare(*words)
    assert (done.returncode, done.stdout) == (3, "")
    return done.stderr.removeprefix("hallmark: ").splitlines()


def test_a_draft_is_refused_with_a_line_for_each_mark(bare: "Program", tumours: Path) -> None:
    *lines, mend = refused(bare, "register", "tumours")
    documents = ("manifest.yaml", "cohorts/holdout.yaml", "inventory.yaml", "expectations.json")
    standing = [line for name in documents for line in marks((tumours / name).read_text("utf-8"), f"tumours/{name}")]
    assert lines == standing and len(lines) > 30
    assert mend.startswith("Correct each guess and fill each gap")
    assert not bare.home.exists()


@pytest.mark.parametrize("file", ["manifest.yaml", "inventory.yaml", "cohorts/holdout.yaml", "expectations.json"])
def test_one_mark_is_enough_to_refuse(bare: "Program", tumours: Path, file: str) -> None:
    left = (tumours / file).read_text("utf-8")
    fill_in(tumours)
    (number, line) = next((n, line) for n, line in enumerate(left.splitlines()) if marks(line, ""))
    lines = (tumours / file).read_text("utf-8").splitlines()
    lines[number] = line
    (tumours / file).write_text("\n".join(lines), "utf-8")
    told, _ = refused(bare, "register", "tumours")
    assert told.startswith(f"tumours/{file}:{number + 1}: ")


def test_taking_the_marks_away_does_not_fill_a_gap(bare: "Program", tumours: Path) -> None:
    for file in (*tumours.glob("*.yaml"), *tumours.glob("cohorts/*.yaml"), tumours / "expectations.json"):
        text = re.sub(r'  # (confirm|gap): .*|(?<=")(confirm|gap): ', "", file.read_text("utf-8"))
        file.write_text(text, "utf-8")
    lines = refused(bare, "register", "tumours")
    names = {line.split(": ")[1].split(" ")[0] for line in lines}
    assert {"label.source", "consent.basis", "owner", "purpose", "jurisdictions", "limits.1"} <= names
    assert all("is empty; fill it in" in line for line in lines)


def test_everything_that_is_missing_is_told_at_once(bare: "Program", tumours: Path) -> None:
    fill_in(tumours)
    for name, old, new in (
        ("manifest.yaml", "order: none", "order: perhaps"),
        ("inventory.yaml", "tier: low", "tier: tiny"),
        ("cohorts/holdout.yaml", "role: holdout", "role: holdout\nrows: 3"),
        ("expectations.json", '"expectations": [', '"expectations": '),
    ):
        file = tumours / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    lines = refused(bare, "register", "tumours")
    assert [re.match(r"tumours/([a-z./]+):\d+: ", line)[1] for line in lines] == [  # type: ignore[index]
        *("manifest.yaml", "cohorts/holdout.yaml", "inventory.yaml", "expectations.json"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("inventory.yaml", 'model: "tumours"', 'model: "others"', "is 'others', and manifest.yaml says 'tumours'"),
        ("inventory.yaml", 'model: "tumours"', 'model: "../x"', "is '../x', and manifest.yaml says 'tumours'"),
        ("expectations.json", '"expectations"', '"expectation"', "has no list of expectations"),
        ("expectations.json", None, "", "is not the JSON of an expectation suite"),
        ("expectations.json", None, '{"expectations": []}', "must be a list that is not empty"),
    ],
)
def test_what_comes_along_must_fit(
    bare: "Program", tumours: Path, file: str, old: str | None, new: str, says: str
) -> None:
    fill_in(tumours)
    text = (tumours / file).read_text("utf-8")
    (tumours / file).write_text(text.replace(old, new) if old else new, "utf-8")
    (line,) = refused(bare, "register", "tumours")
    assert f"tumours/{file}:" in line and says in line
    assert not (bare.home / "registry").exists()


def test_a_model_of_the_clone_keeps_its_entry(bare: "Program", tumours: Path) -> None:
    fill_in(tumours)
    for file in (tumours / "manifest.yaml", tumours / "inventory.yaml", tumours / "cohorts" / "holdout.yaml"):
        file.write_text(file.read_text("utf-8").replace('model: "tumours"', 'model: "card_default"'), "utf-8")
    (line,) = refused(bare, "register", "tumours")
    assert "card_default has its entry in policies/inventory.yaml; change it there" in line
    assert not (bare.home / "registry").exists()


def test_a_proposal_becomes_a_rule_when_somebody_publishes(bare: "Program", tumours: Path) -> None:
    fill_in(tumours)
    assert bare("register", "tumours").stdout.splitlines() == [
        "registered tumours 1",
        "registered cohort holdout of tumours 1",
        "proposed tumours for the inventory; hallmark rulebook publish takes it in",
    ]
    assert bare("register", "tumours").stdout == "nothing new: it is registered already\n"
    assert bare.sentence("demo", "tumours").endswith("`hallmark rulebook publish` takes in what was registered")
    taken = "takes in tumours: oncology-statistics, ward-planning, tier low, EU, clinical-research"
    assert bare("rulebook", "publish").stdout.splitlines()[0] == taken
    assert bare("register", "tumours").stdout == "nothing new: it is registered already\n"
    assert bare("rulebook", "publish").stdout == "rulebook 1 says the same already; nothing was published\n"

    # an owner who wants another tier may ask for it
    entry = tumours / "inventory.yaml"
    entry.write_text(entry.read_text("utf-8").replace("tier: low", "tier: medium"), "utf-8")
    assert bare("register", "tumours").stdout.startswith("proposed tumours")
    assert "4 models" in bare("rulebook", "show").stdout
    assert not list((bare.home / "rules" / "taken").rglob("*medium*"))
    assert "tier: low" in (bare.home / "rules" / "taken" / "tumours" / "inventory.yaml").read_text("utf-8")
    said = bare("rulebook", "publish").stdout.splitlines()
    assert said[0] == "changes tumours: tier low -> medium"
    assert said[1].startswith("rulebook 2, issued ")


def test_a_proposal_that_lint_refuses_stays_a_proposal(bare: "Program", tumours: Path, files: Files) -> None:
    """What waits can be mended by registering again; nothing was published."""
    fill_in(tumours)
    assert bare("rulebook", "publish").returncode == 0
    assert bare("register", "tumours").returncode == 0
    proposed = bare.home / "rules" / "proposed" / "tumours" / "inventory.yaml"
    proposed.write_text(proposed.read_text("utf-8").replace("tier: low", "tier: tiny"), "utf-8")
    before = files(bare.home / "store")
    assert f"{proposed}:5: tier: must be" in bare.sentence("rulebook", "publish")
    assert files(bare.home / "store") == before
    assert proposed.is_file()
