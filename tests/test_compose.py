"""docker-compose.yaml, Dockerfile and `make env`, held against the schema of Compose and against what they promise."""

import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from tests.distributed.compose import FILE, REPO, document, variables

from hallmark.edges.key_file import KeyFile
from hallmark.local import environment
from hallmark.policy.role import KeyUse

# The schema of the Compose specification as docker-compose 1.29.2 carries it (Apache 2.0).
SCHEMA = REPO / "tests" / "vectors" / "compose" / "compose_spec.json"

DOCUMENT: dict[str, Any] = document()
SERVICES: dict[str, Any] = DOCUMENT["services"]
ONCE = ("bucket", "database", "rulebook")
OURS = tuple(name for name, service in SERVICES.items() if service["image"].startswith("hallmark:"))
TEXT = FILE.read_text("utf-8")
VARIABLE = re.compile(r"\$\{[^}]*\}")
SECRET = re.compile(r"PASSWORD|SECRET|FERNET|ACCESS_KEY|REDISCLI_AUTH|ROOT_USER")


def test_the_file_is_one_of_compose() -> None:
    jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(DOCUMENT)


@pytest.mark.parametrize(
    "wrong", [{"healthcheck": {"tests": ["CMD"]}}, {"ports": {"a": 1}}, {"secret": []}, {"depends_on": {"redis": {}}}]
)
def test_the_schema_refuses_a_slip(wrong: dict[str, Any]) -> None:
    """The check above is worth what the schema refuses."""
    changed = DOCUMENT | {"services": SERVICES | {"redis": SERVICES["redis"] | wrong}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(changed)


def test_every_part_is_there() -> None:
    assert {"postgres", "redis", "store", "api-server", "scheduler", "dag-processor", "triggerer"} <= SERVICES.keys()
    assert [name for name in SERVICES if name.startswith("worker-")] == ["worker-1", "worker-2"]


@pytest.mark.parametrize("image", [service["image"] for service in SERVICES.values()])
def test_an_image_is_pinned_to_a_version(image: str) -> None:
    name, _, tag = image.partition(":")
    assert name in ("hallmark", "postgres", "redis", "minio/minio")
    assert re.search(r"\d+\.\d+|\d{4}-\d\d-\d\d", tag), f"{image} is not pinned"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_stays_has_a_health_check_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service, service["restart"]) == (
        (False, "no") if name in ONCE else (True, "unless-stopped")
    )


def test_only_the_api_is_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:${HALLMARK_PORT:?run make env first}:8080"]}
    assert "network_mode" not in TEXT


def test_no_variable_has_a_default() -> None:
    assert {found for found in VARIABLE.findall(TEXT) if not found.endswith(":?run make env first}")} == set()


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if SECRET.search(key):
            assert VARIABLE.fullmatch(value), f"{key} of {name} is written out"
        if match := re.search(r"://[^/@]*:([^/@]*)@", VARIABLE.sub("$", value)):
            assert match[1] == "$", f"{key} of {name} holds a password"


@pytest.mark.parametrize("name", OURS)
def test_our_code_has_no_power_over_its_container(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].startswith("${HALLMARK_UID:?")
    assert "privileged" not in service


def test_a_secret_is_mounted_only_where_it_is_needed() -> None:
    mounted = {name: set(service.get("secrets", ())) for name, service in SERVICES.items()}
    signing = {f"{use}.key" for use in KeyUse}
    assert [name for name, secrets in mounted.items() if f"{KeyUse.PUBLISHER}.key" in secrets] == ["rulebook"]
    assert [name for name, secrets in mounted.items() if secrets & signing] == ["rulebook", "worker-1", "worker-2"]
    assert mounted["rulebook"] == DOCUMENT["secrets"].keys()
    assert [name for name in SERVICES if "accounts:/hallmark/keys" in SERVICES[name].get("volumes", ())] == [
        "api-server"
    ]


def test_a_worker_is_not_told_the_secrets_of_airflow() -> None:
    told = SERVICES["worker-1"]["environment"]
    assert told == SERVICES["worker-2"]["environment"]
    assert not [name for name in told if re.search("SQL_ALCHEMY_CONN|JWT|FERNET|API__SECRET", name)]


def test_what_hallmark_is_told_are_names_that_it_reads() -> None:
    told = {name for service in SERVICES.values() for name in service.get("environment", {}) if "HALLMARK_" in name}
    read = {value for value in vars(environment).values() if isinstance(value, str) and value.startswith("HALLMARK_")}
    assert told - read == {"HALLMARK_RETENTION_DAYS"}  # of deploy/bucket.py


def test_the_file_says_that_no_container_of_it_has_been_run() -> None:
    assert "No container of this file has been run" in TEXT
    assert "has not been built" in (REPO / "Dockerfile").read_text("utf-8")


class TestMakeEnv:
    """`make env`: what the file asks for and nothing else, for its owner alone, once."""

    @pytest.fixture
    def written(self, tmp_path: Path) -> Path:
        done = made(tmp_path)
        assert done.returncode == 0, done.stderr
        return tmp_path

    def test_it_writes_every_variable_and_no_other(self, written: Path) -> None:
        asked = set(re.findall(r"\$\{(\w+)", TEXT))
        assert variables(written / ".env").keys() == asked

    def test_it_writes_every_secret_and_no_other(self, written: Path) -> None:
        named = {name: written / secret["file"] for name, secret in DOCUMENT["secrets"].items()}
        assert {path.name for path in (written / "secrets").iterdir()} == named.keys()
        assert all(path.is_file() for path in named.values())

    def test_its_owner_alone_can_read_them(self, written: Path) -> None:
        files = [written / ".env", *(written / "secrets").iterdir()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert stat.S_IMODE((written / "secrets").stat().st_mode) == 0o700

    def test_the_containers_run_as_the_owner_of_the_secrets_and_never_as_root(self, written: Path) -> None:
        told = variables(written / ".env")
        owners = {(path.stat().st_uid, path.stat().st_gid) for path in (written / "secrets").iterdir()}
        assert owners == {(int(told["HALLMARK_UID"]), int(told["HALLMARK_GID"]))}
        assert told["HALLMARK_UID"] != "0"

    def test_every_key_signs_and_is_another(self, written: Path) -> None:
        keys = [KeyFile.load(written / "secrets" / f"{use}.key") for use in KeyUse]
        assert len({key.key_id for key in keys}) == len(KeyUse)
        assert all(len(key.sign(b"message")) == 64 for key in keys)

    def test_nothing_is_a_default(self, tmp_path: Path) -> None:
        told = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            made(tmp_path / name)
            told.append(variables(tmp_path / name / ".env"))
        secret = [name for name in told[0] if not name.startswith("HALLMARK_")]
        assert len(secret) == 10
        assert not [name for name in secret if told[0][name] == told[1][name] or len(told[0][name]) < 20]
        assert len({told[0][name] for name in secret}) == len(secret)

    def test_it_says_nothing_secret(self, tmp_path: Path) -> None:
        done = made(tmp_path)
        told = variables(tmp_path / ".env")
        said = done.stdout + done.stderr
        assert not [name for name, value in told.items() if not name.startswith("HALLMARK_") and value in said]

    @pytest.mark.parametrize("there", [".env", "secrets"])
    def test_it_replaces_nothing(self, tmp_path: Path, there: str) -> None:
        made(tmp_path)
        other = {".env": tmp_path / "secrets", "secrets": tmp_path / ".env"}[there]
        shutil.rmtree(other) if other.is_dir() else other.unlink()
        before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
        done = made(tmp_path)
        assert done.returncode == 1
        assert done.stderr == f"{tmp_path / there} exists and secrets are never replaced: move it away first.\n"
        assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        done = made(tmp_path / "absent")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "cannot be written" in done.stderr

    def test_git_and_the_image_leave_them_out(self) -> None:
        ignored = (REPO / ".gitignore").read_text("utf-8").splitlines()
        assert {"/.env", "/secrets/"} <= set(ignored)
        kept = (REPO / ".dockerignore").read_text("utf-8").splitlines()
        assert "*" in kept
        assert not {"!.env", "!secrets"} & set(kept)


def made(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(REPO / "deploy" / "env.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class TestImage:
    """The Dockerfile, read line by line; it cannot be built here."""

    LINES = (REPO / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()

    def test_its_base_is_pinned(self) -> None:
        bases = {line.split()[1] for line in self.LINES if line.startswith("FROM")}
        assert bases == {"python:3.11.13-slim-bookworm"}

    def test_it_ends_as_somebody_without_rights(self) -> None:
        assert [line for line in self.LINES if line.startswith("USER")] == ["USER hallmark"]

    def test_it_copies_what_is_there_and_what_the_ignore_file_lets_through(self) -> None:
        kept = {line[1:] for line in (REPO / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
        copies = [line for line in self.LINES if line.startswith("COPY") and "--from" not in line]
        for source in [word for line in copies for word in line.split()[1:-1]]:
            assert (REPO / source).exists()
            assert source.partition("/")[0] in kept

    def test_the_package_comes_as_the_wheel_alone(self) -> None:
        """Were it below plugins/ too, the installed one would shadow it, and nobody would know which of them runs."""
        last = "\n".join(self.LINES).rpartition("FROM")[2]
        assert "plugins/hallmark plugins" not in last
        assert "COPY plugins/hallmark_plugin.py plugins/.airflowignore plugins/" in last

    def test_the_wheel_takes_every_kind_of_file_of_the_package(self) -> None:
        declared = set(re.findall(r'"\*\*/\*(\.\w+)"', (REPO / "pyproject.toml").read_text("utf-8")))
        found = {path.suffix for path in (REPO / "plugins" / "hallmark").rglob("*") if path.is_file()}
        assert found - {".py", ".pyc"} <= declared
