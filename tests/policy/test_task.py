"""What label and decision say for each task: every wrong combination is refused with one clear sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark import documents
from hallmark.errors import BadInput
from hallmark.evidence.canonical import decode, encode
from hallmark.measures import Task
from hallmark.policy.control import CLASSES, Bound
from hallmark.policy.subject import CutOff, Decision, Favourable, Label, LabelKind, Manifest
from hallmark.policy.task import of_task, place_of

if TYPE_CHECKING:
    from tests.policy.conftest import Making

AT = Decision(cut_off=0.5, favourable=Favourable.BELOW)
SOME = Decision(favourable_classes=("a",))


def label(*classes: str, positive: str | None = None) -> Label:
    return Label(column="kind", positive=positive, source="books", kind=LabelKind.OBSERVED, classes=classes)


SOUND: dict[str, tuple[Task, Label, Decision | None]] = {
    "multiclass that decides": (Task.MULTICLASS, label("a", "b", "c"), SOME),
    "multiclass that decides nothing": (Task.MULTICLASS, label("a", "b", "c"), None),
    "numbers as classes": (Task.MULTICLASS, label("1", "2", "3.5"), None),
    "binary": (Task.BINARY, label(positive="1"), AT),
    "regression": (Task.REGRESSION, label(), None),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_goes_together(name: str) -> None:
    assert of_task(*SOUND[name]) == []


WRONG: dict[str, tuple[Task, Label, Decision | None, str]] = {
    "two classes": (Task.MULTICLASS, label("a", "b"), None, "names 2 classes, and a multiclass model has 3 or more"),
    "no classes": (Task.MULTICLASS, label(), None, "names 0 classes"),
    "a class twice": (Task.MULTICLASS, label("a", "b", "c", "a"), None, "'a' and 'a', which are one class"),
    "one number spelt twice": (Task.MULTICLASS, label("1", "2", "1.0"), None, "'1' and '1.0', which are one class"),
    "one spelt as a truth": (Task.MULTICLASS, label("1", "2", "true"), None, "'1' and 'true', which are one class"),
    "an empty class": (Task.MULTICLASS, label("a", "b", " "), None, "names an empty class"),
    "a positive label": (Task.MULTICLASS, label("a", "b", "c", positive="a"), None, "has no positive label"),
    "a cut-off": (Task.MULTICLASS, label("a", "b", "c"), AT, "names favourable_classes and no cut-off"),
    "a stranger": (
        Task.MULTICLASS,
        label("a", "b", "c"),
        Decision(favourable_classes=("a", "d")),
        "favourable_classes names 'd', which label.classes does not",
    ),
    "every class favourable": (
        Task.MULTICLASS,
        label("a", "b", "c"),
        Decision(favourable_classes=("c", "b", "a")),
        "names every class, so that nothing is decided",
    ),
    "favourable twice": (
        Task.MULTICLASS,
        label("a", "b", "c"),
        Decision(favourable_classes=("a", "a")),
        "names a class twice",
    ),
    "binary with classes": (Task.BINARY, label("a", "b", "c", positive="a"), AT, "a binary classification has"),
    "binary by class": (Task.BINARY, label(positive="a"), SOME, "a decision with a cut-off, a positive label and no"),
    "binary undecided": (Task.BINARY, label(positive="a"), None, "a binary classification has a decision"),
    "regression with classes": (Task.REGRESSION, label("a", "b", "c"), None, "a regression has no decision"),
    "regression that decides": (Task.REGRESSION, label(), SOME, "a regression has no decision"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_go_together(make: Making, name: str) -> None:
    task, named, decision, said = WRONG[name]
    with pytest.raises(BadInput) as caught:
        replace(make.manifest(), task=task, label=named, decision=decision)
    assert said in str(caught.value)
    assert len(of_task(task, named, decision)) == 1
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"cut_off": 0.5},
        {"favourable": Favourable.BELOW},
        {"cut_off": 0.5, "favourable": Favourable.BELOW, "favourable_classes": ("a",)},
        {"cut_off": 0.5, "favourable_classes": ("a",)},
        {"favourable": Favourable.BELOW, "favourable_classes": ("a",)},
    ],
    ids=str,
)
def test_a_decision_is_by_score_or_by_class_and_whole(parts: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="cut_off and favourable of a score, or favourable_classes"):
        Decision(**parts)
    assert Decision(cut_off=0.5, favourable=Favourable.BELOW).at == CutOff(cut_off=0.5, favourable=Favourable.BELOW)
    assert SOME.at is None


def test_a_manifest_of_classes_is_read_and_its_mistakes_have_lines() -> None:
    text = MANIFEST.format(decision="{favourable_classes: [gentoo]}", classes="[adelie, chinstrap, gentoo]")
    found = documents.manifest(text, "m.yaml")
    assert (found.task, found.label.classes) == (Task.MULTICLASS, ("adelie", "chinstrap", "gentoo"))
    assert found.decision is not None and found.decision.favourable_classes == ("gentoo",)
    for decision, classes, said in (
        ("{favourable_class: [gentoo]}", "[a, b, c]", "m.yaml:6: decision.favourable_class: is no key here; did you"),
        ("{cut_off: 0.5}", "[a, b, c]", "m.yaml:6: decision: takes cut_off and favourable of a score, or"),
        ("null", "[1, 2, 3]", "m.yaml:9: label.classes[0]: must be text"),
        ("null", "a", "m.yaml:9: label.classes: must be a list"),
    ):
        with pytest.raises(BadInput) as caught:
            documents.manifest(MANIFEST.format(decision=decision, classes=classes), "m.yaml")
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "place"),
    [(1, 0), (1.0, 0), ("1", 0), ("1.0", 0), (True, 0), (10, 1), ("ten", 2), ("Ten", None), (None, None),
     (float("nan"), None), (float("inf"), None), (0, None), ("", None)],
)  # fmt: skip
def test_a_predicted_value_is_a_class_however_it_is_spelt(value: object, place: int | None) -> None:
    assert place_of(value, ("1", "10", "ten")) == place


@given(st.lists(st.text(min_size=1), min_size=1, unique=True), st.data())
def test_the_spelling_itself_comes_before_its_number(classes: list[str], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(classes))
    assert place_of(one, classes) == classes.index(one)


def test_a_control_by_classes_is_spread_over_them(make: Making) -> None:
    control = make.control("C-1", "performance.class_recall", Bound(at_least=0.5))
    control = replace(control, by=(CLASSES,), tolerance=0.1, expect=0.7)
    manifest = replace(make.manifest(), task=Task.MULTICLASS, label=label("a", "b", "c"), decision=None)
    profile = make.profile(make.rules(make.policy(control)), manifest=manifest)
    keys = [one.key for one in profile.expected if one.control == "C-1"]
    assert [(key.attribute, key.group) for key in keys] == [("kind", "a"), ("kind", "b"), ("kind", "c")]
    binary = make.profile(make.rules(make.policy(control)))
    assert not [one for one in binary.expected if one.control == "C-1"]


def test_where_nothing_is_decided_fairness_of_decisions_covers_nothing(make: Making) -> None:
    control = make.control("F-1", "fairness.selection_rate_ratio", Bound(between=(0.8, 1.25)))
    control = replace(control, by=("sex",), tolerance=0.1)
    undecided = replace(make.manifest(), task=Task.MULTICLASS, label=label("a", "b", "c"), decision=None)
    rules = make.rules(make.policy(control), mandatory=("fairness",))
    profile = make.profile(rules, manifest=undecided)
    assert "fairness" in profile.unmet
    (because,) = [one.because for one in profile.choices if one.control == "p/F-1"]
    assert because == "fairness.selection_rate_ratio is about decisions, and the manifest declares none"
    assert "fairness" not in make.profile(rules, manifest=replace(undecided, decision=SOME)).unmet


MANIFEST = """model: penguins
version: "1"
task: multiclass
artifact: null
predictions: named
decision: {decision}
key: id
features: [beak]
label: {{column: species, positive: null, classes: {classes}, source: field, kind: observed}}
attributes: []
training: {{file: t.parquet, sha256: "{zeros}", as_of: 2026-01-01}}
reference: {{file: t.parquet, sha256: "{zeros}", as_of: 2026-01-01}}
order: none
suite: penguins
provenance: {{origin: x, licence: x, collected: x, citation: x}}
consent: {{basis: x, until: null}}
retention: {{until: null, rule: x}}
deployment: {{as_if: x, description: x}}
limits: []
""".replace("{zeros}", "0" * 64)


def test_a_manifest_of_classes_comes_back_from_its_bytes(make: Making) -> None:
    for decision in (SOME, None):
        manifest = replace(make.manifest(), task=Task.MULTICLASS, label=label("a", "b", "c"), decision=decision)
        assert decode(encode(manifest), Manifest) == manifest
