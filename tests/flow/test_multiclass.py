"""Models that name one of several classes, from a folder through register, rulebook and Airflow to a checked pack."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.digits import CLASSES, write_digits
from tests.cli.own import fill_in
from tests.cli.test_own_classes import FRUITS, write_orchard

from hallmark import wiring
from hallmark.cli.main import main
from hallmark.cli.outcome import read as read_outcome
from hallmark.cli.rulebook import publish_current
from hallmark.evidence.case import evidence_of, read_step
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, Verification, verify
from hallmark.policy.role import KeyUse
from hallmark.steps.open_case import case_of
from hallmark.steps.packs import read_pack
from hallmark.steps.register import read, register
from hallmark.verdict.finding import Decision
from hallmark.verdict.observation import Observation

if TYPE_CHECKING:
    from tests.flow.conftest import Site

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
ASKED = {
    "orchard": ("--predictions", "named", "--label", "kind"),
    "digits": ("--predictions", "read", "--label", "digit", "--group", "stroke", "--favourable", "0"),
}
MARKS = ("certified", "conditional", "refused", "referred")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What a run in Airflow left: the states of its tasks, its pack with every observation, and what verifying says."""

    states: dict[str, str | None]
    pack: Certification
    observations: tuple[Observation, ...]
    verified: Verification

    @property
    def marks(self) -> dict[str, str | None]:
        """The states of the four end marks."""
        return {name: self.states[name] for name in MARKS}

    def classes_of(self, measure: str) -> dict[tuple[str, str], Observation]:
        """The observations of a measure by attribute and group."""
        return {(one.key.attribute, one.key.group): one for one in self.observations if one.key.measure == measure}


@pytest.fixture(scope="module")
def ended(site: "Site", tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Three fruits and ten digits: drafted, filled in, registered and published by people, then certified by Airflow.

    A second rulebook makes due what was certified under the first, so that nothing may be certified here before.
    """
    data = tmp_path_factory.mktemp("classes")
    folders = {name: data / name / name for name in ASKED}
    for name, write in (("orchard", write_orchard), ("digits", write_digits)):
        (data / name).mkdir()
        write(data / name)
        files = ["--data", str(data / name / "holdout.csv"), "--training", str(data / name / "training.csv")]
        assert main(["init", str(folders[name]), *files, *ASKED[name]]) == 0
        fill_in(folders[name])
        register(site.context.registry, folders[name])
    proposals = [read(folder).proposal for folder in folders.values()]
    publish_current(site.context, REPO, [one for one in proposals if one is not None])
    for name in ASKED:
        site.start(name, version="1", model=name)
    return {name: _ended(site, name) for name in ASKED}


def _ended(site: "Site", name: str) -> Ended:
    assert site.ended(name).state == "success", site.states(name)
    case = case_of("certify_model", name)
    pack = read_pack(site.context, name, "1", case)
    key = pack_key(name, "1", case, 1)
    return Ended(
        states=site.states(name),
        pack=pack,
        observations=read_outcome(site.context, pack)[1],
        verified=verify(Question(store=site.context.store, pack=key, root=site.context.root, at=wiring.now())),
    )


def test_good_classes_end_certified_and_the_pack_is_usable(ended: dict[str, Ended]) -> None:
    orchard = ended["orchard"]
    assert orchard.pack.verdict.decision is Decision.CERTIFIED
    assert orchard.marks == dict.fromkeys(MARKS, "skipped") | {"certified": "success"}
    assert orchard.verified.outcome is Outcome.USABLE, [one.says for one in orchard.verified.checks]


def test_classes_that_chance_moves_too_far_end_before_a_person(ended: dict[str, Ended]) -> None:
    """Ten classes of ninety rows each: nothing passes, and the pack is authentic all the same."""
    digits = ended["digits"]
    assert digits.pack.verdict.decision is Decision.REFERRED
    assert digits.marks == dict.fromkeys(MARKS, "skipped") | {"referred": "success"}
    assert digits.states["ask_people"] == "success"
    assert digits.verified.outcome is Outcome.NOT_USABLE
    (only,) = [one for one in digits.verified.checks if not one.ok]
    assert only == digits.verified.checks[-1] and only.says.startswith("referred")


@pytest.mark.parametrize(("model", "label", "classes"), [("orchard", "kind", FRUITS), ("digits", "digit", CLASSES)])
def test_each_class_is_observed(ended: dict[str, Ended], model: str, label: str, classes: tuple[str, ...]) -> None:
    for name in ("class_recall", "class_precision"):
        found = ended[model].classes_of(f"performance.{name}")
        assert set(found) == {(label, one) for one in classes}
        assert all(one.value is not None and one.low is not None for one in found.values())
    measures = {one.key.measure for one in ended[model].observations if one.value is not None}
    assert {"performance.accuracy", "performance.balanced_accuracy", "performance.macro_f1"} <= measures
    assert {"drift.class_distance", "drift.label_distance", "drift.accuracy_drop"} <= measures
    assert "data_quality.label_declared" in measures
    assert ("fairness.selection_rate_ratio" in measures) is (model == "digits")


def test_the_counts_of_the_classes_are_in_the_pack(site: "Site", ended: dict[str, Ended]) -> None:
    pack = ended["digits"].pack
    keys = site.context.chain().number(pack.opening.rulebook).keys(KeyUse.WORKER)
    (sha256,) = [one.sha256 for one in pack.steps if one.task == "performance"]
    step = read_step(site.context.store, pack.opening.case, "performance", sha256, keys)
    blob = json.loads(dict(evidence_of(site.context.store, step))["performance.json"])
    assert blob["classes"] == list(CLASSES)
    assert sum(map(sum, blob["confusion"])) == blob["labelled"] == 898
