"""Accounts: who gets in, what is written, and that nobody learns names from the clock."""

import stat
import time
from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.web.accounts import Role, current_roles, first_run, remove, role_of


def password(keys: Path, name: str) -> str:
    return (keys / f"{name}.password").read_text().strip()


def test_first_run_makes_the_administrator_and_the_person_here(tmp_path: Path) -> None:
    first_run(tmp_path, "ann")
    assert role_of(tmp_path, "administrator", password(tmp_path, "administrator")) is Role.ADMINISTRATOR
    assert role_of(tmp_path, "ann", password(tmp_path, "ann")) is Role.RISK_ANALYST


@pytest.mark.parametrize("given", ["", "wrong", "\0", "ann"])
def test_a_wrong_password_lets_nobody_in(tmp_path: Path, given: str) -> None:
    first_run(tmp_path, "ann")
    assert role_of(tmp_path, "ann", given) is None
    assert role_of(tmp_path, "nobody", given) is None


def test_without_accounts_nobody_gets_in(tmp_path: Path) -> None:
    assert role_of(tmp_path, "administrator", "") is None


DAMAGED = {
    "half": b'{"ann": ',
    "no text": b"\xff",
    "no accounts": b"7",
    "no account": b'{"ann": 7}',
    "no role": b'{"ann": {"salt": "00", "hash": "00"}}',
    "unknown role": b'{"ann": {"role": "boss", "salt": "00", "hash": "00"}}',
    "no salt": b'{"ann": {"role": "viewer", "salt": 5, "hash": "00"}}',
    "no digits": b'{"ann": {"role": "viewer", "salt": "00", "hash": "zz"}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_accounts_let_nobody_in_and_stay_as_they_are(case: str, tmp_path: Path) -> None:
    (tmp_path / "users.json").write_bytes(DAMAGED[case])
    for ask in (
        lambda: role_of(tmp_path, "ann", ""),
        lambda: current_roles(tmp_path),
        lambda: first_run(tmp_path, "ann"),
        lambda: remove(tmp_path, "ann"),
    ):
        with pytest.raises(BadInput, match=r"users\.json: damaged, so nobody may log in"):
            ask()
    assert (tmp_path / "users.json").read_bytes() == DAMAGED[case]
    assert [file.name for file in tmp_path.iterdir()] == ["users.json"]


def test_files_are_private_and_hold_no_password_but_the_owners(tmp_path: Path) -> None:
    first_run(tmp_path, "ann")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    users = (tmp_path / "users.json").read_text()
    assert password(tmp_path, "ann") not in users
    assert password(tmp_path, "administrator") not in users


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    first_run(tmp_path, "ann")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    first_run(tmp_path, "ann")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_deleted_one_time_password_stays_deleted_and_the_command_lines_is_renewed(tmp_path: Path) -> None:
    first_run(tmp_path, "ann")
    old = password(tmp_path, "ann")
    (tmp_path / "administrator.password").unlink()
    (tmp_path / "ann.password").unlink()
    first_run(tmp_path, "ann")
    assert not (tmp_path / "administrator.password").exists()
    assert role_of(tmp_path, "ann", old) is None
    assert role_of(tmp_path, "ann", password(tmp_path, "ann")) is Role.RISK_ANALYST


def test_an_unknown_name_costs_as_much_as_a_known_one(tmp_path: Path) -> None:
    first_run(tmp_path, "ann")

    def seconds(name: str) -> float:
        times = []
        for _ in range(5):
            begun = time.process_time()
            role_of(tmp_path, name, "wrong")
            times.append(time.process_time() - begun)
        return min(times)

    assert 0.5 < seconds("nobody") / seconds("ann") < 2
