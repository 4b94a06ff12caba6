"""A multiclass model of one's own: drafted, filled in, certified by the steps, verified, decided again, explained."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.cli.digits import write_digits
from tests.cli.own import fill_in
from tests.conftest import REPO, Clock, founded

from hallmark.cli.explain import explained
from hallmark.cli.main import main
from hallmark.cli.rulebook import publish_current
from hallmark.evidence.case import evidence_of, read_step, report_of
from hallmark.evidence.statement import Certification
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Status
from hallmark.policy.role import KeyUse
from hallmark.steps.packs import read_pack
from hallmark.steps.register import read
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place

FRUITS = ("apple", "pear", "plum")


def write_orchard(folder: Path, rows: int = 6_000) -> None:
    """Write `holdout.csv` and `training.csv`: three fruits, of which seventeen in twenty are named rightly."""
    for seed, name in enumerate(("training", "holdout")):
        rng = np.random.default_rng(seed)
        kind = rng.choice(FRUITS, rows, p=[0.4, 0.35, 0.25])
        weight, sugar = rng.normal(150.0, 30.0, rows).round(3), rng.normal(10.0, 2.0, rows).round(4)
        named = np.where(rng.random(rows) < 0.775, kind, rng.choice(FRUITS, rows))
        least = (weight - rng.uniform(1, 9, rows)).round(3)
        columns = {"weight most": weight, "weight least": least, "sugar": sugar, "kind": kind, "named": named}
        pd.DataFrame({"fruit id": [f"{name[0]}{one}" for one in range(rows)], **columns}).to_csv(
            folder / f"{name}.csv", index=False
        )
        day = datetime(2026, 6 if name == "training" else 8, 1, 12, tzinfo=UTC).timestamp()
        os.utime(folder / f"{name}.csv", (day, day))


def certified(folder: Path, model: str, *words: str) -> "Place":
    """What a person does with a folder of data, up to a pack: its place, with the case."""
    data = ["--data", str(folder / "holdout.csv"), "--training", str(folder / "training.csv")]
    assert main(["init", str(folder / model), *data, *words]) == 0
    fill_in(folder / model)
    incoming = read(folder / model)
    assert incoming.manifest is not None and incoming.proposal is not None
    place = founded(folder / "home", Clock())
    publish_current(place.context, REPO, (incoming.proposal,))
    place.context.registry.register(incoming.manifest, incoming.cohorts, folder / model)
    place.case = place.certify(model=model).case
    return place


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> "Place":
    """Three fruits, decided in tier low; only read."""
    folder = tmp_path_factory.mktemp("orchard")
    write_orchard(folder)
    return certified(folder, "orchard", "--predictions", "named", "--label", "kind")


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> "Place":
    """Ten digits, with a group and favourable classes; only read."""
    folder = tmp_path_factory.mktemp("digits")
    write_digits(folder)
    some = ("--group", "stroke", "--favourable", "0", "--favourable", "1")
    return certified(folder, "digits", "--predictions", "read", "--label", "digit", *some)


def pack_of(place: "Place") -> Certification:
    ((model, version),) = place.context.registry.versions()
    return read_pack(place.context, model, version, place.case)


def evidence(place: "Place", task: str) -> dict[str, bytes]:
    keys = place.context.chain().number(1).keys(KeyUse.WORKER)
    (sha256,) = [one.sha256 for one in pack_of(place).steps if one.task == task]
    return dict(evidence_of(place.store, read_step(place.store, place.case, task, sha256, keys)))


def test_a_model_of_classes_is_certified_under_the_shipped_rules(orchard: "Place") -> None:
    verdict = pack_of(orchard).verdict
    assert verdict.decision is Decision.CERTIFIED, [
        one.sentence for one in verdict.findings if one.status != "satisfied"
    ]
    judged = {one.expected.key.measure for one in verdict.findings}
    assert {f"performance.{name}" for name in ("balanced_accuracy", "macro_f1", "class_recall", "class_precision")} <= (
        judged
    )
    assert {"drift.class_distance", "drift.label_distance", "drift.accuracy_drop"} <= judged
    assert "data_quality.label_declared" in judged
    assert not {"performance.auc", "drift.score_distance", "drift.auc_drop"} & judged
    assert all(one.observation is not None and one.observation.value is not None for one in verdict.findings)


def test_it_verifies_and_is_decided_again(orchard: "Place") -> None:
    seen = orchard.verify()
    assert seen.outcome is Outcome.USABLE, [one.says for one in seen.checks]
    assert all(one.ok for one in seen.checks)
    assert any(one.says.startswith("decided again from ") and one.says.endswith(": certified") for one in seen.checks)


def test_ten_digits_are_judged_class_by_class(digits: "Place") -> None:
    """Chance moves ten classes of 900 rows further than a certificate allows: a person is asked, and nothing passes."""
    verdict = pack_of(digits).verdict
    recalls = [one for one in verdict.findings if one.expected.key.measure == "performance.class_recall"]
    keys = {(one.expected.key.attribute, one.expected.key.group) for one in recalls}
    assert keys == {("digit", one) for one in "0123456789"}
    assert all(one.status is Status.SATISFIED for one in recalls)
    assert verdict.decision is Decision.REFERRED
    assert digits.verify().outcome is Outcome.NOT_USABLE
    blob = json.loads(evidence(digits, "performance")["performance.json"])
    assert blob["classes"] == list("0123456789") and sum(map(sum, blob["confusion"])) == 898
    fairness = json.loads(evidence(digits, "fairness")["fairness.json"])
    assert fairness["favourable_classes"] == ["0", "1"]
    assert set(fairness["attributes"]["stroke"]["groups"]) == {"thick", "thin"}


def test_the_report_shows_which_class_is_taken_for_which(digits: "Place") -> None:
    page = report_of(digits.store, pack_of(digits)).decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "What is taken for what" in text and "Most often taken for another: 1 for 8 (28 of 89 rows)" in text
    assert "favourable where the predicted class is one of 0, 1" in text
    assert "multiclass of digit, one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9" in text
    assert "By stroke" in text
    assert "Not tried: this model gives a class and no probability." in text
    assert "Threshold sweep" not in text and "This cannot be read" not in text


def test_where_nobody_is_decided_about_the_report_says_so(orchard: "Place") -> None:
    text = re.sub(r"<[^>]+>", " ", report_of(orchard.store, pack_of(orchard)).decode())
    assert "this model decides nothing, since the manifest calls no class favourable" in text
    assert "nothing: it gives a class" in text


EXPLAINED = ("balanced_accuracy", "macro_f1", "class_recall", "class_precision")


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_number_of_classes_is_explained_from_its_counts(digits: "Place", name: str) -> None:
    counts = {blob: json.loads(data) for blob, data in evidence(digits, "performance").items()}
    found = [one for one in pack_of(digits).verdict.findings if one.expected.key.measure == f"performance.{name}"]
    assert found
    for one in found:
        text = "\n".join(explained(one, counts, None))
        assert one.observation is not None and one.observation.value is not None
        (again,) = re.findall(r"^  Again +(\S+)$", text, re.MULTILINE)
        assert float(again) == pytest.approx(one.observation.value, rel=1e-12)
        if name != "macro_f1":  # its gradient has as many terms as the table has cells
            low, high = re.findall(r"\[([\d.]+), ([\d.]+)\]$", text, re.MULTILINE)[0]
            assert (float(low), float(high)) == pytest.approx((one.observation.low, one.observation.high), abs=1e-6)
