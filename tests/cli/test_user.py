"""`hallmark user`: passwords come from the terminal, a pipe or a private file, and never from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hallmark.cli.main import main
from hallmark.web.accounts import Role, current_roles, role_of

GOOD = "correct horse battery"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HALLMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    return tmp_path / "home" / "keys"


def private(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "password"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


@pytest.mark.parametrize("role", Role)
def test_a_user_logs_in_with_the_piped_password(keys: Path, role: Role, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "add", "ann", "--role", role]) == 0
    assert role_of(keys, "ann", GOOD) is role
    assert GOOD not in capsys.readouterr().out
    assert GOOD not in (keys / "users.json").read_text()


def test_a_password_from_a_private_file(keys: Path, tmp_path: Path) -> None:
    assert (
        main(["user", "add", "ann", "--role", "viewer", "--password-file", private(tmp_path, "another good one\n")])
        == 0
    )
    assert role_of(keys, "ann", "another good one") is Role.VIEWER


@pytest.mark.parametrize(
    ("case", "words", "says"),
    [
        ("no-role", ["add", "ann"], "--role is missing"),
        ("no-name", ["add", "--role", "viewer"], "needs the name"),
        ("path", ["add", "../ann", "--role", "viewer"], "cannot be the name"),
        ("dots", ["add", "..", "--role", "viewer"], "cannot be the name"),
        ("html", ["add", "<b>", "--role", "viewer"], "cannot be the name"),
        ("unknown", ["remove", "bob"], "there is no user"),
    ],
)
def test_a_mistake_is_one_sentence(
    keys: Path, case: str, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", *words]) == 3
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert current_roles(keys) == {}


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "annannannann"])
def test_a_weak_password_is_refused(keys: Path, tmp_path: Path, weak: str) -> None:
    assert main(["user", "add", "annannannann", "--role", "viewer", "--password-file", private(tmp_path, weak)]) == 3
    assert current_roles(keys) == {}


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_piped_password_that_is_no_text_is_one_sentence(
    keys: Path, errors: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(b"p\xffassword1234\n"), encoding="utf-8", errors=errors)
    monkeypatch.setattr("sys.stdin", pipe)
    assert main(["user", "add", "kim", "--role", "viewer"]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("hallmark: the password is no text in UTF-8; nothing was changed")
    assert current_roles(keys) == {}


@pytest.mark.parametrize("damage", ["{}x", '{"kim": {"role": "boss"}}', "[]"])
def test_damaged_accounts_are_one_sentence(keys: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    keys.mkdir(parents=True)
    (keys / "users.json").write_text(damage)
    for words in (["list"], ["remove", "kim"], ["add", "kim", "--role", "viewer"]):
        assert main(["user", *words]) == 3
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"hallmark: {keys / 'users.json'}: damaged, so nobody may log in (")
    assert (keys / "users.json").read_text() == damage


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(
    keys: Path, tmp_path: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "add", "ann", "--role", "viewer", "--password-file", private(tmp_path, GOOD, mode)]) == 3
    assert "others can read it" in capsys.readouterr().err
    assert current_roles(keys) == {}


def test_a_name_is_taken_once_and_free_after_its_removal(keys: Path, tmp_path: Path) -> None:
    file = private(tmp_path, GOOD)
    assert main(["user", "add", "ann", "--role", "viewer", "--password-file", file]) == 0
    assert main(["user", "add", "ann", "--role", "administrator", "--password-file", file]) == 3
    assert current_roles(keys) == {"ann": Role.VIEWER}
    assert main(["user", "remove", "ann"]) == 0
    assert role_of(keys, "ann", GOOD) is None
    assert main(["user", "add", "ann", "--role", "reviewer", "--password-file", file]) == 0


def test_the_list_shows_roles_and_no_hash(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "add", "ann", "--role", "reviewer"])
    main(["user", "list"])
    told = capsys.readouterr().out
    assert "reviewer      ann" in told
    assert not [word for word in told.split() if len(word) == 64]
