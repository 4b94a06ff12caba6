"""Generated secrets: made once, private, reused, refused when damaged."""

import base64
import json
import stat
from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.local.credentials import airflow_secrets, store_key
from hallmark.local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path / "h").create()


def test_secrets_are_made_once_and_reused(home: Home) -> None:
    assert store_key(home) == store_key(home)
    assert airflow_secrets(home) == airflow_secrets(home)


def test_two_homes_share_no_secret(tmp_path: Path, home: Home) -> None:
    other = Home(root=tmp_path / "other").create()
    assert store_key(home).secret_key != store_key(other).secret_key
    assert airflow_secrets(home).jwt != airflow_secrets(other).jwt


def test_files_are_readable_by_their_owner_alone(home: Home) -> None:
    store_key(home), airflow_secrets(home)
    files = list(home.keys.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_fernet_key_is_what_the_library_wants(home: Home) -> None:
    assert len(base64.urlsafe_b64decode(airflow_secrets(home).fernet)) == 32


def test_store_file_carries_the_documented_names(home: Home) -> None:
    key = store_key(home)
    assert json.loads(home.store_credentials.read_text()) == {
        "access_key": key.access_key,
        "secret_key": key.secret_key,
    }


@pytest.mark.parametrize("content", ["", "{", "[]", '{"access_key": "a"}'], ids=["empty", "cut", "list", "half"])
def test_a_damaged_file_is_refused_and_kept(home: Home, content: str) -> None:
    home.store_credentials.write_text(content)
    with pytest.raises(BadInput, match="damaged: delete the file"):
        store_key(home)
    assert home.store_credentials.read_text() == content
