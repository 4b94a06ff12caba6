"""The benchmarks are scripts: their modules are found from their folder."""

import importlib
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = str(Path(__file__).parents[2] / "benchmarks")


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """Imports a module of the benchmarks by name."""
    if FOLDER not in sys.path:
        # Last, since a package of the environment may have the name of a script.
        sys.path.append(FOLDER)
    return importlib.import_module


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    """A script that silences the logs of its process does it for its own test alone."""
    before = logging.root.manager.disable
    yield
    logging.disable(before)
