"""The benchmarks are scripts: their modules are found from their folder."""

import importlib
import sys
from collections.abc import Callable
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
