"""How a verdict is shown at the end of a certification, and what it means as an exit code."""

import os
import shutil
import sys
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import home
from hallmark.cli.say import coloured, say
from hallmark.evidence.case import SignedStep, evidence_of, observations_of, read_product, steps_of
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.verify import Outcome
from hallmark.local.footprint import Footprint
from hallmark.local.services import Services
from hallmark.policy.profile import Profile
from hallmark.policy.role import KeyUse
from hallmark.report.chapters.reading import rows_of
from hallmark.report.terminal import lines, page_of
from hallmark.steps.context import Context
from hallmark.verdict.finding import USABLE
from hallmark.verdict.observation import Observation

UI = "http://127.0.0.1:8080"
"""Where `make up` serves the pages of Airflow."""


def conclude(services: Services, certification: Certification, footprint: Footprint) -> Outcome:
    """Print the verdict with every finding, how to verify it, and where the run is."""
    context = wiring.context(services.home, endpoint=services.store_endpoint)
    say()
    show(context, certification)
    told = certification.opening
    uri = context.store.uri(pack_key(told.model, told.version, told.case, certification.number))
    page = services.airflow_url if services.kept else UI
    address = f"{page}/dags/{told.dag_id}/runs/{told.run_id}"
    say(f"  Took            {footprint.spelled(services.home.root)}")
    say(f"  Verify          hallmark verify {uri} --root {_short(str(wiring.root_path(home())))}")
    say(f"  See             {address}" if services.kept else f"  See             make up, then {address}")
    say(f"verdict={certification.verdict.decision} pack={uri}")
    usable = certification.verdict.decision in USABLE
    return Outcome.USABLE if usable else Outcome.NOT_USABLE


def show(context: Context, certification: Certification) -> None:
    """Print what the pack says."""
    steps = _steps(context, certification)
    profile, observations = _read(context, steps)
    rows = rows_of({name: data for step in steps for name, data in evidence_of(context.store, step).items()})
    width = shutil.get_terminal_size((120, 24)).columns
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    page = page_of(width=width, colour=colour, encoding=sys.stdout.encoding or "ascii")
    for line in lines(certification, profile, observations, page=page, rows=rows):
        coloured(line)
    say()


def read(context: Context, certification: Certification) -> tuple[Profile, tuple[Observation, ...]]:
    """The profile and all observations that a pack rests on."""
    return _read(context, _steps(context, certification))


def _steps(context: Context, certification: Certification) -> tuple[SignedStep, ...]:
    keys = context.chain().number(certification.opening.rulebook).keys(KeyUse.WORKER)
    return steps_of(context.store, certification, keys)


def _read(context: Context, steps: tuple[SignedStep, ...]) -> tuple[Profile, tuple[Observation, ...]]:
    opening = next(step for step in steps if step.statement.predicate.task == "open_case")
    observations = tuple(item for step in steps for item in observations_of(context.store, step))
    return read_product(context.store, opening, "profile", Profile), observations


def _short(path: str) -> str:
    here = str(Path.cwd()).rstrip("/") + "/"
    return path.removeprefix(here)
