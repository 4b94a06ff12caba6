"""What the trigger form offers: names of folders, and nothing where there is no registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hallmark.local.offered import AT_MOST, offered

if TYPE_CHECKING:
    from pathlib import Path


def registry(home: Path, *records: str) -> dict[str, str]:
    for record in records:
        file = home / "registry" / record
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("never opened, so it need not be JSON")
    return {"HALLMARK_HOME": str(home)}


def test_versions_and_cohorts_in_order(tmp_path: Path) -> None:
    names = (
        "card/1/cohorts/2005-08.json",
        "card/1/cohorts/2005-07.json",
        "card/2/cohorts/x.json",
        "a/1/cohorts/y.json",
    )
    assert offered(registry(tmp_path, *names)) == {
        ("a", "1"): ("y",),
        ("card", "1"): ("2005-07", "2005-08"),
        ("card", "2"): ("x",),
    }


@pytest.mark.parametrize("record", ["card/.partial-1/cohorts/x.json", "card/notes.txt", "card/1/manifest.json"])
def test_what_is_no_registered_version_is_not_offered(tmp_path: Path, record: str) -> None:
    assert offered(registry(tmp_path, record)) == {}


def test_without_a_home_or_a_registry_nothing_is_offered(tmp_path: Path) -> None:
    assert offered({}) == {}
    assert offered({"HALLMARK_HOME": str(tmp_path / "absent")}) == {}
    (tmp_path / "registry").write_text("a file")
    assert offered({"HALLMARK_HOME": str(tmp_path)}) == {}


def test_a_form_has_an_end(tmp_path: Path) -> None:
    names = [f"m/{number}/cohorts/x.json" for number in range(AT_MOST + 5)]
    assert len(offered(registry(tmp_path, *names))) == AT_MOST
