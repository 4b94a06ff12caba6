"""Founding an installation, and what the wiring says where something is missing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hallmark import wiring
from hallmark.errors import BadInput, HallmarkError, Undecidable
from hallmark.evidence.trust import read_root
from hallmark.local.environment import HOME, STORE_BUCKET, STORE_ENDPOINT
from hallmark.local.home import Home
from hallmark.policy.role import KeyUse


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in (HOME, STORE_BUCKET, STORE_ENDPOINT):
        monkeypatch.delenv(name, raising=False)
    return Home(root=tmp_path / "home")


def found(home: Home) -> bool:
    return wiring.found(home, name="hallmark-test", demo=True)


def test_an_installation_is_founded_once(home: Home) -> None:
    assert found(home)
    root, keys = wiring.root(home), {use: wiring.signer(home, use).key_id for use in KeyUse}
    assert not found(home)
    assert wiring.root(home) == root
    assert {use: wiring.signer(home, use).key_id for use in KeyUse} == keys


def test_the_root_names_the_publisher_and_nobody_else(home: Home) -> None:
    found(home)
    root = read_root(wiring.root(home))
    assert (root.name, root.demo) == ("hallmark-test", True)
    publisher = wiring.signer(home, KeyUse.PUBLISHER)
    assert root.keys() == {publisher.key_id: publisher.public}


def test_every_use_has_a_key_of_its_own_that_only_its_owner_reads(home: Home) -> None:
    found(home)
    assert len({wiring.signer(home, use).key_id for use in KeyUse}) == len(KeyUse)
    for path in home.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700


def test_a_founding_that_was_killed_is_finished(home: Home) -> None:
    found(home)
    keys = {use: wiring.signer(home, use).key_id for use in KeyUse if use is not KeyUse.LOG}
    wiring.root_path(home).unlink()
    (home.keys / f"{KeyUse.LOG}.key").unlink()
    assert found(home)
    assert {use: wiring.signer(home, use).key_id for use in keys} == keys
    assert read_root(wiring.root(home)).keys()


def test_a_root_whose_publisher_is_lost_is_not_founded_again(home: Home) -> None:
    """A new publisher beside the old root could never publish; saying so beats making one silently."""
    found(home)
    (home.keys / f"{KeyUse.PUBLISHER}.key").unlink()
    root = wiring.root(home)
    try:
        assert not found(home)
    except HallmarkError:
        assert not (home.keys / f"{KeyUse.PUBLISHER}.key").exists()
    assert wiring.root(home) == root


def test_a_place_without_a_root_says_how_to_found_it(home: Home) -> None:
    home.create()
    with pytest.raises(BadInput, match="rulebook publish"):
        wiring.context(home, endpoint=None)


def test_a_task_without_its_environment_says_so(home: Home) -> None:
    with pytest.raises(Undecidable, match=HOME):
        wiring.from_environment()


def test_a_task_finds_its_place_in_the_environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    found(home)
    wiring.prepare_store(home, endpoint=None)
    monkeypatch.setenv(HOME, str(home.root))
    context = wiring.from_environment()
    assert context.root == wiring.root(home)
    assert list(context.store.keys("")) == []
    assert context.chain().accepted == ()


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"access_key": "a"}'])
def test_credentials_that_are_missing_or_damaged_are_one_sentence(home: Home, content: str | None) -> None:
    found(home)
    if content is not None:
        home.store_credentials.write_text(content)
    with pytest.raises(HallmarkError):
        wiring.store(home, endpoint="http://127.0.0.1:9")


def test_a_key_that_is_gone_is_one_sentence(home: Home) -> None:
    found(home)
    (home.keys / f"{KeyUse.WORKER}.key").unlink()
    with pytest.raises(HallmarkError):
        wiring.signer(home, KeyUse.WORKER)


def test_the_clock_is_aware_and_whole_seconds() -> None:
    at = wiring.now()
    assert at.tzinfo is not None
    assert at.microsecond == 0
