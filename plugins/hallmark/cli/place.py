"""Where the command runs: the clone, its home, and the store as it can be reached now."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hallmark.errors import BadInput
from hallmark.local.environment import REPO, home_in
from hallmark.local.home import Home

if TYPE_CHECKING:
    from hallmark.steps.context import Context


def repo() -> Path:
    """The clone: the one that is configured, else the one that this package lies in."""
    path = Path(os.environ.get(REPO) or Path(__file__).resolve().parents[3])
    if not (path / "dags" / "certify_model.py").is_file():
        raise BadInput(f"{path}: no clone of Hallmark here; set {REPO} to its folder")
    return path


def home() -> Home:
    """The home of this clone, or the one that is configured."""
    return home_in(os.environ) or Home.at(repo())


def context() -> "Context":
    """The context of this installation; the store is reached through its server only while `up` runs one."""
    from hallmark import wiring
    from hallmark.local.services import kept

    services = kept(home())
    return wiring.context(home(), endpoint=services.store_endpoint if services else None)
