"""Accounts: who gets in, what is written, and that nobody learns names from the clock."""

import stat
import time
from pathlib import Path

import pytest

from hallmark.web.accounts import Role, first_run, role_of


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
