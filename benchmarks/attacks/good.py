"""The good case: the card example, certified on July by the steps of the product, and what was there on the way."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from attacks.place import MODEL, Place
from shipped import ROOT

from hallmark import wiring
from hallmark.assess.registry import ASSESSED
from hallmark.cli.rulebook import publish_current
from hallmark.evidence.canonical import decode
from hallmark.local.home import Home
from hallmark.policy.subject import Cohort, Manifest
from hallmark.steps.assess import assess
from hallmark.steps.gate import gate
from hallmark.steps.open_case import open_case
from hallmark.steps.register import register
from hallmark.steps.score import score
from hallmark.steps.vet import vet

ASSESSORS = tuple(dimension.name for dimension in ASSESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One case at three moments: scored and not yet measured, measured and not yet decided, decided."""

    scored: Place
    measured: Place
    decided: Place


def founded(folder: Path, built: Path, name: str) -> Place:
    """A new installation below `folder` under a root called `name`, with the example registered; no case yet."""
    home = Home(root=folder / "home").create()
    wiring.found(home, name=name, demo=True)
    wiring.prepare_store(home, endpoint=None)
    context = wiring.context(home, endpoint=None)
    publish_current(context, ROOT)
    register(context.registry, built)
    return Place(home=home, context=context, built=built, case="")


def example(folder: Path) -> Path:
    """Build the example into `folder`."""
    script = ROOT / "examples" / MODEL / "build.py"
    subprocess.run([sys.executable, script, folder], check=True, capture_output=True)
    return folder


@contextmanager
def good(folder: Path) -> Iterator[Good]:
    """Certify the example below `folder`, and keep a copy of the installation at each moment."""
    place = founded(folder, example(folder / "built"), "hallmark-break")
    place = opened(place, "good")
    vet(place.context, place.case)
    score(place.context, place.case)
    with place.lent() as scored:
        measure(place)
        with place.lent() as measured:
            gate(place.context, place.case)
            yield Good(scored=scored, measured=measured, decided=place)


def opened(place: Place, name: str) -> Place:
    """The place with a new case."""
    return replace(place, case=open_case(place.context, place.run(name)).case)


def measure(place: Place, dimensions: Iterable[str] = ASSESSORS) -> None:
    """Do the work of the assessors."""
    for name in dimensions:
        assess(place.context, place.case, name)


def certified(place: Place) -> Place:
    """The place with a whole case of its version, from opening to gate."""
    place = opened(place, f"version {place.version}")
    vet(place.context, place.case)
    score(place.context, place.case)
    measure(place)
    gate(place.context, place.case)
    return place


def refused(place: Place, name: str) -> Place:
    """A case of which nothing was done before the gate came."""
    place = opened(place, name)
    gate(place.context, place.case)
    return place


def registered(place: Place, source: Path, cohort: dict[str, Any] | None = None, **changes: Any) -> Place:
    """The place with the next version, the example with `changes`, registered from the files below `source`."""
    registry, version = place.context.registry, str(int(place.version) + 1)
    manifest = replace(decode(registry.manifest(MODEL, "1"), Manifest), version=version, **changes)
    july: Cohort = replace(registry.cohorts(MODEL, "1")[0], version=version, **(cohort or {}))
    registry.register(manifest, (july,), source)
    return replace(place, version=version)
