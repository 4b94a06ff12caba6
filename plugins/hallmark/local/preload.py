"""What Airflow's processes do before they fork: import what every task needs, and tie children to their parent."""

import atexit
import ctypes
import gc
import importlib
import logging
import os
import pkgutil
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIBRARIES = (
    *("great_expectations", "evidently", "fairlearn.metrics", "sklearn.metrics", "duckdb", "pandas", "boto3"),
    "airflow.dag_processing.dagbag",  # what a task reads its DAG file with
    "skops.io",  # looks through every module that is there: the later, the slower
)
OURS = (
    "hallmark.assess",
    "hallmark.edges",
    "hallmark.evidence",
    "hallmark.flow",
    "hallmark.report",
    "hallmark.steps",
    "hallmark.wiring",
)

# Airflow looks for this module in the folder `config` of its home.
SETTINGS = '''"""Run by Airflow as it starts; written by hallmark.local."""

import sys

from hallmark.local.preload import prepare

prepare(sys.argv[1:2])
__all__: list[str] = []
'''


def prepare(command: list[str]) -> None:
    """Tie forks in every Airflow process; in the scheduler, import what tasks need and wait for the database."""
    if command in (["scheduler"], ["dag-processor"], ["api-server"]):
        atexit.register(leave)
    if sys.platform == "linux":
        tie_forks()
        if command == ["scheduler"]:  # elsewhere forking after these imports is not known to be safe
            warm()
    if command == ["scheduler"]:
        await_database(Path(os.environ["AIRFLOW_HOME"]))


def tie_forks() -> None:
    """Let every forked child die with its parent: Airflow's workers and task processes outlive a kill otherwise."""
    prctl = ctypes.CDLL(None).prctl
    parent = [0]

    def remember() -> None:
        parent[0] = os.getpid()

    def tie() -> None:
        prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent[0]:
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=tie)


def leave() -> None:
    """End at once where Python would take modules apart for seconds; nobody reads the exit code of a service."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def warm() -> None:
    """Import the measuring libraries and our own tasks once, so that forked tasks have them for nothing."""
    with _quiet():
        for name in (*LIBRARIES, *OURS):
            # A module that does not import fails in the task that needs it, with its own words.
            with suppress(Exception):
                module = importlib.import_module(name)
                if name in OURS:
                    _import_below(module.__name__, getattr(module, "__path__", []))
        with suppress(Exception):
            importlib.import_module("hallmark.edges.s3").warm()
    gc.freeze()


def _import_below(name: str, path: list[str]) -> None:
    for found in pkgutil.iter_modules(path, f"{name}."):
        with suppress(Exception):
            importlib.import_module(found.name)


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def await_database(airflow_home: Path, seconds: float = 120) -> None:
    """Return when the database has been made; raises TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while not database_mark(airflow_home).exists():
        if time.monotonic() > until:
            raise TimeoutError(f"{database_mark(airflow_home)} did not appear")
        time.sleep(0.05)


def database_mark(airflow_home: Path) -> Path:
    """Return the file that says which version's tables the database has; written when they are complete."""
    return airflow_home / "database.version"
