"""The planted defects: each changes what it says, is looked for where a control is, and is counted as told."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from hallmark.measures import MEASURES
from hallmark.policy.expected import Key

Script = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def world(script: Script) -> Any:
    return script("planted.worlds").mortgage_approval(11)


def test_every_defect_changes_the_world_and_nothing_else_than_a_copy(script: Script, world: Any) -> None:
    before = {name: getattr(world, name).copy() for name in ("train", "reference", "cohort")}
    for defect in script("planted.trial").DEFECTS:
        planted = defect.plant(world, np.random.default_rng(1))
        same = all(getattr(planted, name).equals(getattr(world, name)) for name in before)
        assert not same, defect.name
        assert all(getattr(world, name).equals(frame) for name, frame in before.items()), defect.name


def test_every_defect_has_a_finding_that_could_notice_it(script: Script, world: Any) -> None:
    shipped, worlds = script("shipped"), script("planted.worlds")
    for defect in script("planted.trial").DEFECTS:
        planted = defect.plant(world, np.random.default_rng(1))
        expected = shipped.profile(planted.manifest, worlds.cohort_of(planted.manifest)).expected
        belongs = defect.belongs(planted)
        assert any(one.holds(item.key) for one in belongs for item in expected), defect.name
        assert any(one.measure in MEASURES for one in belongs)


def test_what_belongs_is_told_by_every_field(script: Script) -> None:
    belongs = script("planted.defect").Belongs(measure="fairness.proxy_auc", attribute="sex", group="women")
    assert belongs.holds(Key(measure="fairness.proxy_auc", attribute="sex", group="women"))
    assert not belongs.holds(Key(measure="fairness.proxy_auc", attribute="sex", group="men"))
    assert not belongs.holds(Key(measure="fairness.proxy_auc", attribute="race", group="women"))


def test_shares_of_rows_are_what_they_say(script: Script, world: Any) -> None:
    defects = {one.name: one for one in script("planted.trial").DEFECTS}
    planted = defects["8 % of incomes missing"].plant(world, np.random.default_rng(1))
    assert planted.cohort["income"].isna().mean() == pytest.approx(0.08, abs=0.001)
    doubled = defects["rate of the rarer outcome doubled"].plant(world, np.random.default_rng(1))
    rare, before = (doubled.cohort["approved"] == 0).mean(), (world.cohort["approved"] == 0).mean()
    assert rare == pytest.approx(2 * before, abs=0.01)


def test_a_defect_is_found_and_its_twin_is_silent(script: Script, world: Any) -> None:
    defects = script("planted.trial")
    chosen = tuple(one for one in defects.DEFECTS if one.name in ("logits x 2.5", "women's scores worse by 0.2"))
    found = list(defects.trials(world, 11, chosen))
    assert [bool(one.noticed) for one in found] == [True, True]
    assert defects.summary(found) == "detected 2/2 false alarms 0/2"


def test_the_suite_looks_at_the_scores_and_counts_no_rows(script: Script) -> None:
    for make in script("planted.worlds").WORLDS.values():
        world = make(3)
        entries = json.loads(script("planted.run").suite_of(world))["expectations"]
        assert {one["kwargs"].get("column") for one in entries} >= set(world.cohort.columns)
        assert not [one for one in entries if "row_count" in one["type"]]


def test_a_miss_and_a_false_alarm_are_counted(script: Script) -> None:
    defects = script("planted.trial")
    trial = {"defect": "d", "world": "w", "seed": 1}
    missed, alarmed = (
        defects.Trial(**trial, noticed=noticed, alarmed=alarms) for noticed, alarms in (((), ()), (("X",), ("Y",)))
    )
    assert defects.summary([missed, alarmed]) == "detected 1/2 false alarms 1/2"
    assert "MISSED" in script("defects").line(missed)
