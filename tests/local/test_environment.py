"""What children inherit and what they do not."""

from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.local.credentials import AirflowSecrets
from hallmark.local.environment import Place, clean, home_in, of_airflow, of_tasks, require_own
from hallmark.local.home import Home

PLACE = Place(
    home=Home(root=Path("/h")), repo=Path("/r"), dags=Path("/r/dags"), airflow_port=1234, store_port=5678, login="ann"
)
SECRETS = AirflowSecrets(jwt="jwt-secret", session="session-secret", fernet="fernet-secret")


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW_HOME",
        "AIRFLOW__CORE__EXECUTOR",
        "AWS_PROFILE",
        "AWS_SECRET_ACCESS_KEY",
        "HALLMARK_HOME",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
        "RCLONE_CONFIG",
    ],
)
def test_what_would_steer_a_child_is_left_out(name: str) -> None:
    assert name not in clean({name: "somewhere else", "PATH": "/bin"})


def test_the_rest_is_kept_and_loopback_never_goes_through_a_proxy() -> None:
    kept = clean({"PATH": "/bin", "http_proxy": "http://proxy", "NO_PROXY": "example.org"})
    assert kept["PATH"] == "/bin"
    assert kept["NO_PROXY"] == kept["no_proxy"] == "127.0.0.1,localhost"
    assert kept["OMP_NUM_THREADS"] == "1"


def test_tasks_are_told_places_and_no_secret() -> None:
    told = of_tasks(PLACE)
    assert told["HALLMARK_HOME"] == "/h"
    assert told["HALLMARK_STORE_ENDPOINT"] == "http://127.0.0.1:5678"
    assert not any("secret" in value for value in told.values())


def test_airflow_listens_on_loopback_and_keeps_to_the_home() -> None:
    settings = of_airflow(PLACE, SECRETS)
    assert settings["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert settings["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:1234"
    assert settings["AIRFLOW_HOME"] == "/h/airflow"
    assert settings["AIRFLOW__LOGGING__BASE_LOG_FOLDER"].startswith("/h/")
    assert settings["AIRFLOW__API_AUTH__JWT_SECRET"] == "jwt-secret"


def test_a_place_is_read_back_from_what_was_asked() -> None:
    row = {"home": "/h", "repo": "/r", "dags": "/r/dags", "airflow_port": 1234, "store_port": 5678, "login": "ann"}
    assert Place.parse(row) == PLACE


def test_keys_are_below_the_home_or_where_they_are_mounted() -> None:
    assert home_in({}) is None
    assert home_in({"HALLMARK_KEYS": "/run/secrets"}) is None
    kept, mounted = home_in({"HALLMARK_HOME": "/h"}), home_in({"HALLMARK_HOME": "/h", "HALLMARK_KEYS": "/run/secrets"})
    assert kept and mounted
    assert (kept.keys, kept.store_credentials) == (Path("/h/keys"), Path("/h/keys/store.json"))
    assert (mounted.keys, mounted.store_credentials) == (Path("/run/secrets"), Path("/run/secrets/store.json"))
    assert kept.work == mounted.work == Path("/h/work")
    assert kept.accounts == mounted.accounts == Path("/h/keys")


@pytest.mark.parametrize("name", ["HALLMARK_STORE_ENDPOINT", "HALLMARK_LEDGER"])
def test_nothing_is_started_here_for_an_installation_elsewhere(name: str) -> None:
    require_own({"HALLMARK_HOME": "/h", name: ""})
    with pytest.raises(BadInput, match=f"{name} names an installation elsewhere"):
        require_own({name: "http://store:9000"})
