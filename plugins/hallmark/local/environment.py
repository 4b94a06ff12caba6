"""The environment of everything that is started here: every name and every setting stands in this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hallmark.errors import BadInput
from hallmark.local.credentials import AirflowSecrets
from hallmark.local.home import Home

# What tasks and pages read to find their way; no secret travels here.
HOME = "HALLMARK_HOME"
REPO = "HALLMARK_REPO"
STORE_ENDPOINT = "HALLMARK_STORE_ENDPOINT"
STORE_BUCKET = "HALLMARK_STORE_BUCKET"
AIRFLOW_URL = "HALLMARK_AIRFLOW_URL"
LOGIN = "HALLMARK_LOGIN"

# What only an installation beyond one machine is told: the folder of mounted keys, and a PostgreSQL database.
KEYS = "HALLMARK_KEYS"
LEDGER = "HALLMARK_LEDGER"

BUCKET = "hallmark"

STRIPPED_PREFIXES = ("AIRFLOW__", "AWS_", "RCLONE_", "HALLMARK_")
STRIPPED = {
    "AIRFLOW_HOME", "AIRFLOW_CONFIG", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE",
    "_AIRFLOW__REEXECUTED_PROCESS",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the services of one home listen and what they serve: loopback ports, a clone, a folder of DAGs."""

    home: Home
    repo: Path
    dags: Path
    airflow_port: int
    store_port: int
    login: str

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> "Place":
        """Return the place that `row` describes in JSON's types; KeyError when something is missing."""
        return cls(
            home=Home(root=Path(row["home"])),
            repo=Path(row["repo"]),
            dags=Path(row["dags"]),
            airflow_port=row["airflow_port"],
            store_port=row["store_port"],
            login=row["login"],
        )

    @property
    def airflow_url(self) -> str:
        """Address of the API server and its pages, without a slash at the end."""
        return f"http://127.0.0.1:{self.airflow_port}"

    @property
    def store_endpoint(self) -> str:
        """Address of the embedded S3 server."""
        return f"http://127.0.0.1:{self.store_port}"


def home_in(environment: Mapping[str, str]) -> Home | None:
    """Return the home that `environment` names, with the folder of its keys; None when it names none."""
    root, keys = environment.get(HOME), environment.get(KEYS)
    return Home(root=Path(root), secrets=Path(keys) if keys else None) if root else None


def require_own(environment: Mapping[str, str]) -> None:
    """Raise `BadInput` when the environment names services elsewhere, which those started here would not use."""
    for name in (STORE_ENDPOINT, LEDGER):
        if environment.get(name):
            raise BadInput(f"{name} names an installation elsewhere: start runs in its Airflow, or unset {name} here.")


def clean(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return `inherited` without what would steer our children: other Airflows, clouds, module paths, proxies."""
    kept = {k: v for k, v in inherited.items() if k not in STRIPPED and not k.startswith(STRIPPED_PREFIXES)}
    loopback = "127.0.0.1,localhost"
    # Numeric libraries start threads of their own, and a process with threads must not fork.
    # Airflow is started as a module, and would otherwise import whatever lies in the folder where somebody typed.
    kept["PYTHONSAFEPATH"] = "1"
    return kept | {"NO_PROXY": loopback, "no_proxy": loopback, "OMP_NUM_THREADS": "1"}


def of_tasks(place: Place) -> dict[str, str]:
    """Return what Hallmark's own code reads, in tasks, pages and the command line."""
    return {
        HOME: str(place.home.root),
        REPO: str(place.repo),
        STORE_ENDPOINT: place.store_endpoint,
        STORE_BUCKET: BUCKET,
        AIRFLOW_URL: place.airflow_url,
        LOGIN: place.login,
        # boto3 would otherwise take keys and endpoints from the person's own cloud account.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "GX_ANALYTICS_ENABLED": "False",
        "DO_NOT_TRACK": "1",
    }


def of_airflow(place: Place, secrets: AirflowSecrets) -> dict[str, str]:
    """Return the settings of Airflow, by their environment names."""
    settings = _paths(place) | _server(place, secrets) | _scheduling()
    return {"AIRFLOW_HOME": str(place.home.airflow)} | {f"AIRFLOW__{name}": value for name, value in settings.items()}


def _paths(place: Place) -> dict[str, str]:
    return {
        "CORE__DAGS_FOLDER": str(place.dags),
        "CORE__PLUGINS_FOLDER": str(place.repo / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default asks the network for a name
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "LOGGING__BASE_LOG_FOLDER": str(place.home.logs / "tasks"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(place.home.logs / "dags"),
        # The database is made while the other processes already import.
        "DATABASE__CHECK_MIGRATIONS": "False",
    }


def _server(place: Place, secrets: AirflowSecrets) -> dict[str, str]:
    return {
        "API__HOST": "127.0.0.1",
        "API__PORT": str(place.airflow_port),
        "API__WORKERS": "1",
        "API__BASE_URL": place.airflow_url,
        "API__INSTANCE_NAME": "Hallmark",
        "API__ENABLE_SWAGGER_UI": "False",
        "API__SECRET_KEY": secrets.session,
        "API_AUTH__JWT_SECRET": secrets.jwt,
        "CORE__FERNET_KEY": secrets.fernet,
        "CORE__AUTH_MANAGER": "hallmark.web.auth.HallmarkAuthManager",
        "CORE__EXECUTION_API_SERVER_URL": f"{place.airflow_url}/execution/",
    }


def _scheduling() -> dict[str, str]:
    """Return a quick scheduler for one machine, which heals a killed process in seconds instead of minutes."""
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "8",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "SCHEDULER__JOB_HEARTBEAT_SEC": "2",
        "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_DETECTION_INTERVAL": "5",
        "SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": "5",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
    }
