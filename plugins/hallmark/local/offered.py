"""What the trigger form offers: the names in the registry's folder, listed and never opened."""

import os
from collections.abc import Mapping
from pathlib import Path

from hallmark.local.environment import home_in

AT_MOST = 200
"""So many versions are listed; a form with more helps nobody."""


def offered(environment: Mapping[str, str] = os.environ) -> dict[tuple[str, str], tuple[str, ...]]:
    """Cohort names by (model, version), in the order of their names; empty where there is no registry to look into.

    Light, since it runs whenever the DAG file is parsed; what is offered is checked again when a case is opened.
    """
    home = home_in(environment)
    try:
        return dict(_listed(home.registry)[:AT_MOST]) if home else {}
    except OSError:
        return {}


def _listed(registry: Path) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    found = []
    for folder in sorted(registry.glob("*/*/cohorts")):
        version, model = folder.parent.name, folder.parent.parent.name
        cohorts = tuple(sorted(record.stem for record in folder.glob("*.json")))
        if not version.startswith("."):
            found.append(((model, version), cohorts))
    return found
