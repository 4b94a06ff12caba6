"""Which programs run on one machine, and what each is started with."""

import os
import shutil
import sys
from pathlib import Path

from hallmark.errors import Unavailable
from hallmark.local.credentials import airflow_secrets, store_key
from hallmark.local.database import is_strange, of_another_version, require_free, stamp
from hallmark.local.environment import BUCKET, Place, clean, of_airflow, of_tasks
from hallmark.local.preload import SETTINGS, database_mark
from hallmark.local.processes import Child


def store(place: Place) -> Child:
    """Return the embedded S3 server over `home.store`, with one account and one bucket."""
    (place.home.store / BUCKET).mkdir(mode=0o700, exist_ok=True)
    key = store_key(place.home)
    private = {
        "RCLONE_AUTH_KEY": f'"{key.access_key},{key.secret_key}"',  # not on the command line, which everybody sees
        "RCLONE_CONFIG": str(place.home.run / "rclone.conf"),
        "RCLONE_CACHE_DIR": str(place.home.run / "rclone-cache"),
    }
    (place.home.run / "rclone.conf").touch(mode=0o600)
    command = [_rclone(), "serve", "s3", "--addr", f"127.0.0.1:{place.store_port}", str(place.home.store)]
    return Child(name="store", command=command, environment=clean(os.environ) | private, log=_log(place, "store"))


def airflow(place: Place, name: str, *arguments: str) -> Child:
    """Return one of Airflow's own commands, for example `scheduler`; call it before any of them is started."""
    (place.home.airflow / "config").mkdir(mode=0o700, exist_ok=True)
    (place.home.airflow / "config" / "airflow_local_settings.py").write_text(SETTINGS, "utf-8")
    # Without this file every process would write its own at the same moment, and read another's half.
    (place.home.airflow / "airflow.cfg").write_text("# All settings come by the environment.\n", "utf-8")
    environment = clean(os.environ) | of_tasks(place) | of_airflow(place, airflow_secrets(place.home))
    command = [sys.executable, "-m", "airflow", *(arguments or (name,))]
    return Child(name=name, command=command, environment=environment, log=_log(place, name))


def api_server(place: Place) -> Child:
    """Return Airflow's REST API and pages."""
    return airflow(place, "api-server")


def scheduler(place: Place) -> Child:
    """Return the scheduler, whose forks run the tasks."""
    return airflow(place, "scheduler", "scheduler", "--skip-serve-logs")


def dag_processor(place: Place) -> Child:
    """Return the process that parses the DAG files."""
    return airflow(place, "dag-processor")


def spare(place: Place) -> Child:
    """Return what keeps a child ready for scoring, without any secret of the others."""
    command = [sys.executable, "-m", "hallmark.edges.spare", str(place.home.spare), *map(str, place.home.hidden)]
    return Child(name="spare", command=command, environment=clean(os.environ), log=_log(place, "spare"))


def migration(place: Place) -> Child | None:
    """Return the command that makes or renews Airflow's tables, or None when they are of this version.

    Raises `Unavailable` for a database that another program holds, `BadInput` for one that is not ours.
    """
    mark, file = database_mark(place.home.airflow), database(place)
    if file.exists():
        require_free(file)
        found, noted = stamp(file), mark.read_text("utf-8") if mark.exists() else ""
        if is_strange(found, noted):
            raise of_another_version(file)
        if found == noted:
            return None
    mark.unlink(missing_ok=True)
    return airflow(place, "database", "db", "migrate")


def migrated(place: Place) -> None:
    """Note that the tables are complete."""
    database_mark(place.home.airflow).write_text(stamp(database(place)), "utf-8")


def database(place: Place) -> Path:
    """Return Airflow's database file."""
    return place.home.airflow / "airflow.db"


def _log(place: Place, name: str) -> Path:
    return place.home.logs / f"{name}.log"


def _rclone() -> str:
    beside = Path(sys.executable).with_name("rclone")
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if not found:
        raise Unavailable(f"The store needs rclone and there is none beside {sys.executable}: run make again.")
    return found
