"""How a verdict is shown at the end of a certification, and what it means as an exit code."""

import os
import shutil
import sys
from pathlib import Path

from hallmark import wiring
from hallmark.cli.place import home
from hallmark.evidence.case import observations_of, read_blob, read_product, read_step
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
from hallmark.verdict.finding import Decision
from hallmark.verdict.observation import Observation

UI = "http://127.0.0.1:8080"
"""Where `make up` serves the pages of Airflow."""


def conclude(services: Services, certification: Certification, footprint: Footprint) -> Outcome:
    """Print the verdict with every finding, how to verify it, and where the run is."""
    context = wiring.context(services.home, endpoint=services.store_endpoint)
    print()
    show(context, certification)
    told = certification.opening
    uri = context.store.uri(pack_key(told.model, told.version, told.case, certification.number))
    page = services.airflow_url if services.kept else UI
    address = f"{page}/dags/{told.dag_id}/runs/{told.run_id}"
    print(f"  Took            {footprint.spelled(services.home.root)}")
    print(f"  Verify          hallmark verify {uri} --root {_short(str(wiring.root_path(home())))}")
    print(f"  See             {address}" if services.kept else f"  See             make up, then {address}")
    print(f"verdict={certification.verdict.decision} pack={uri}")
    usable = certification.verdict.decision in (Decision.CERTIFIED, Decision.CONDITIONAL)
    return Outcome.USABLE if usable else Outcome.NOT_USABLE


def show(context: Context, certification: Certification) -> None:
    """Print what the pack says."""
    profile, observations = read(context, certification)
    width = shutil.get_terminal_size((120, 24)).columns
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    page = page_of(width=width, colour=colour, encoding=sys.stdout.encoding or "ascii")
    for line in lines(certification, profile, observations, page=page, rows=_rows(context, certification)):
        print(line)
    print()


def read(context: Context, certification: Certification) -> tuple[Profile, tuple[Observation, ...]]:
    """The profile and all observations that a pack rests on."""
    keys = context.chain().number(certification.opening.rulebook).keys(KeyUse.WORKER)
    steps = [read_step(context.store, certification.case, one.task, one.sha256, keys) for one in certification.steps]
    opening = next(step for step in steps if step.statement.predicate.task == "open_case")
    observations = tuple(item for step in steps for item in observations_of(context.store, step))
    return read_product(context.store, opening, "profile", Profile), observations


def _rows(context: Context, certification: Certification) -> int | None:
    """The rows of the cohort as data quality counted them."""
    keys = context.chain().number(certification.opening.rulebook).keys(KeyUse.WORKER)
    for one in certification.steps:
        if one.task == "data_quality":
            step = read_step(context.store, certification.case, one.task, one.sha256, keys)
            names = {name: sha256 for name, sha256 in step.products.items() if name.endswith(".json")}
            return rows_of({name: read_blob(context.store, sha256) for name, sha256 in names.items()})
    return None


def _short(path: str) -> str:
    here = str(Path.cwd()).rstrip("/") + "/"
    return path.removeprefix(here)
