"""The cells of the cohort that fairness counts: every row in one of them, whatever it lacks whatever it is called."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import AGE, NAMES, SEX, Opened, frame_of, manifest_of, regression

from hallmark.assess.arrays import Mask
from hallmark.assess.fairness.cube import Tally, cube_of
from hallmark.assess.fairness.spelt import ABSENT, UNDECLARED
from hallmark.errors import BadInput
from hallmark.policy.groups import attribute_of
from hallmark.policy.subject import Attribute, Decision, Favourable


def counted(frame: pd.DataFrame, chosen: "pd.Series[bool]", *, below: bool) -> dict[str, int]:
    """Count the `chosen` rows by decision at 0.4 and by what was earned, in pandas."""
    rows = frame[chosen]
    favourable = (rows["score"] < 0.4) == below
    earned, unearned = rows["late"] == (0 if below else 1), rows["late"] == (1 if below else 0)
    return {
        "rows": len(rows),
        "favourable": favourable.sum(),
        "earned": earned.sum(),
        "unearned": unearned.sum(),
        "favourable_earned": (favourable & earned).sum(),
        "favourable_unearned": (favourable & unearned).sum(),
    }


def shown(tally: Tally) -> dict[str, int]:
    names = ("rows", "favourable", "earned", "unearned", "favourable_earned", "favourable_unearned")
    return {name: getattr(tally, name) for name in names}


def gapped() -> pd.DataFrame:
    """Rows without a label, without a group and with an undeclared one, and one whose score is the cut-off itself."""
    frame = frame_of()
    frame.loc[:9, "late"] = np.nan
    frame.loc[5:14, "sex"] = None
    frame.loc[15:17, "sex"] = "other"
    frame.loc[20, "score"] = 0.4
    return frame


@pytest.mark.parametrize("favourable", Favourable)
def test_cells_agree_with_pandas(opened: Opened, favourable: Favourable) -> None:
    frame, below = gapped(), favourable is Favourable.BELOW
    manifest = manifest_of(decision=Decision(cut_off=0.4, favourable=favourable))
    cube = cube_of(opened(frame, manifest), 5)
    parts: dict[str, tuple[Mask, Any]] = {
        "everyone": (cube.everyone(), frame["id"] >= 0),
        "men": (cube.members(SEX, "men"), frame["sex"] == "men"),
        "women": (cube.members(SEX, "women"), frame["sex"] == "women"),
        "absent": (cube.outside(SEX, ABSENT), frame["sex"].isna()),
        "undeclared": (cube.outside(SEX, UNDECLARED), frame["sex"] == "other"),
    }
    for name, (mask, chosen) in parts.items():
        assert shown(cube.tally(mask)) == counted(frame, chosen, below=below), name


def test_crossed_columns_are_joined_like_their_groups(opened: Opened) -> None:
    frame, manifest = gapped(), manifest_of()
    cube, crossing = cube_of(opened(frame), 5), attribute_of(manifest, "sex*age")
    assert crossing is not None
    joined = frame["sex"] + "*" + frame["age"]
    for group in crossing.groups:
        assert shown(cube.tally(cube.members(crossing, group))) == counted(frame, joined == group, below=True)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_and_colliding_names_are_only_names(opened: Opened, name: str) -> None:
    attribute = Attribute(name="sex", column=name, groups=("men", "women"), reference="men")
    manifest = manifest_of(attributes=(attribute, AGE), artifact=None, predictions="p")
    plain, cube = (
        cube_of(opened(frame_of()), 5),
        cube_of(opened(frame_of().rename(columns={"sex": name, "score": "p"}), manifest), 5),
    )
    for group in attribute.groups:
        assert cube.tally(cube.members(attribute, group)) == plain.tally(plain.members(SEX, group))


def test_a_hostile_group_is_only_a_value(opened: Opened) -> None:
    group = "o'x'; drop view dataset; --"
    attribute = Attribute(name="sex", column="sex", groups=("men", group), reference="men")
    frame = frame_of().replace({"sex": {"women": group}})
    cube = cube_of(opened(frame, manifest_of(attributes=(attribute,))), 5)
    assert shown(cube.tally(cube.members(attribute, group))) == counted(frame, frame["sex"] == group, below=True)


def test_threads_and_memory_change_nothing(opened: Opened) -> None:
    frame = frame_of(60_000)
    one, two = (cube_of(opened(frame, **how), 5) for how in ({"threads": 1}, {"threads": 2, "memory": "100MB"}))
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in ("codes", "band", "rows", "scores"))


def test_a_regression_decides_nothing_and_has_no_cells(opened: Opened) -> None:
    with pytest.raises(BadInput, match="makes no decision: fairness of decisions needs one"):
        cube_of(opened(frame_of(), manifest_of(**regression())), 5)
