"""Manifests that contradict themselves, and names that could be paths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import BadInput
from hallmark.policy.names import checked
from hallmark.policy.subject import POOLED, Attribute, Segment

if TYPE_CHECKING:
    from tests.policy.conftest import Making


@pytest.mark.parametrize("kind", ["model", "version", "cohort"])
@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "a..b", "/etc", "a b", "a\n", "\x00", "A", "é", "-x", "a" * 64, "x" * 10_000,
     "a%2fb", "$HOME", "x;ls"],
)  # fmt: skip
def test_a_name_that_could_be_a_path_is_refused(kind: str, name: str) -> None:
    with pytest.raises(BadInput, match=f"cannot be the name of a {kind}") as caught:
        checked(kind, name)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("kind", "name"),
    [("model", "card_default"), ("version", "1"), ("version", "0-hostile"), ("version", "1.2.3"), ("cohort", "2026-07"),
     ("cohort", "july"), ("case", "0" * 20), ("model", "a" * 63)],
)  # fmt: skip
def test_plain_names_pass(kind: str, name: str) -> None:
    assert checked(kind, name) == name


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"artifact": None}, "name either an artifact or a predictions column, and not both"),
    ({"predictions": "score"}, "name either an artifact or a predictions column, and not both"),
    ({"features": ()}, "features must be at least one column, each once"),
    ({"features": ("income", "income")}, "features must be at least one column, each once"),
    ({"features": ("income", "late")}, "label 'late' cannot be a feature"),
    ({"model": "../m"}, "cannot be the name of a model"),
    ({"version": "1/2"}, "cannot be the name of a version"),
    ({"suite": "../x"}, "cannot be the name of"),
    ({"categorical": ("branch",)}, "categorical names branch, which must be among the features"),
    ({"quantile": 0.9}, "only a regression forecasts one"),
]


@pytest.mark.parametrize(("broken", "said"), BROKEN, ids=[str(case[0]) for case in BROKEN])
def test_a_manifest_that_contradicts_itself(make: Making, broken: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        replace(make.manifest(), **broken)


@pytest.mark.parametrize(
    ("groups", "reference"), [(("men",), "men"), (("men", "men"), "men"), (("a", "b"), "c"), (("a", POOLED), "a")]
)
def test_an_attribute_needs_two_groups_with_the_reference(
    make: Making, groups: tuple[str, ...], reference: str
) -> None:
    attribute = Attribute(name="sex", column="sex", groups=groups, reference=reference)
    with pytest.raises(BadInput, match="attribute 'sex' needs two or more groups with the reference among them"):
        replace(make.manifest(), attributes=(attribute,))


def test_attributes_have_names_of_their_own(make: Making) -> None:
    manifest = make.manifest()
    with pytest.raises(BadInput, match="attributes must have names of their own"):
        replace(manifest, attributes=manifest.attributes * 2)


def test_the_pooled_group_is_there_from_two_others_on() -> None:
    two = Attribute(name="a", column="a", groups=("x", "y"), reference="y")
    three = replace(two, groups=("x", "y", "z"))
    assert two.compared == ("x",)
    assert three.compared == ("x", "z", POOLED)


def test_a_group_stands_once_in_its_attribute(make: Making) -> None:
    sex = Attribute(name="sex", column="sex", groups=("men", "women", "women"), reference="men")
    with pytest.raises(BadInput, match="attribute 'sex' names group 'women' twice; name each group once"):
        replace(make.manifest(), attributes=(sex,))


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((), "segment 'branch' needs a group at least, else nothing of it would be judged"),
        (("north", "north"), "segment 'branch' names group 'north' twice; name each group once"),
    ],
)
def test_a_segment_has_groups_each_once(make: Making, groups: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        replace(make.manifest(), segments=(Segment(name="branch", column="branch", groups=groups),))


def test_segments_have_names_of_their_own(make: Making) -> None:
    one = Segment(name="branch", column="branch", groups=("north",))
    with pytest.raises(BadInput, match="segments must have names of their own"):
        replace(make.manifest(), segments=(one, one))
