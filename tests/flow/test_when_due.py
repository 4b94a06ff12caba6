"""`recertify_due` in the real scheduler: a new cohort starts one certification that names its cause, and only one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark import wiring
from hallmark.evidence.verify import Outcome
from hallmark.steps.recertify import PREFIX, Due, due
from hallmark.steps.register import register

if TYPE_CHECKING:
    from tests.flow.conftest import Site

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
FORGED = f"{PREFIX}card_default__1__2005-08__2"


def runs(site: "Site") -> list[str]:
    """Ids of the runs of `certify_model` that say they are re-certifications, in the order of their names."""
    found = site.ask("GET", "/api/v2/dags/certify_model/dagRuns", params={"limit": 100})["dag_runs"]
    return sorted(run["dag_run_id"] for run in found if run["dag_run_id"].startswith(PREFIX))


def look(site: "Site", run_id: str) -> None:
    """Let `recertify_due` run once."""
    site.start(run_id, dag="recertify_due")
    assert site.ended(run_id, dag="recertify_due").state == "success"


@pytest.fixture(scope="module")
def waiting(site: "Site", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Due]:
    """July is certified, somebody has forged a run for August, and August is registered: what is due now."""
    if not site.packs("good"):
        site.start("good", version="1", cohort="2005-07")
        site.ended("good")
    site.start(FORGED, version="1", cohort="2005-07")
    assert site.ended(FORGED).state == "failed"
    look(site, "before")
    folder = tmp_path_factory.mktemp("august")
    build = REPO / "examples" / "card_default" / "build.py"
    subprocess.run([sys.executable, build, folder, "--cohort", "2005-08"], check=True, timeout=120)
    assert register(site.context.registry, folder) == ["registered cohort 2005-08 of card_default 1"]
    (item,) = due(site.context, wiring.now())
    yield item


def test_a_forged_run_is_refused_and_opens_no_case(site: "Site", waiting: Due) -> None:
    assert site.entries(FORGED) == ()
    assert site.packs(FORGED) == []


def test_a_new_cohort_starts_one_certification_that_names_its_cause(site: "Site", waiting: Due) -> None:
    before = [run for run in runs(site) if run != waiting.run_id]
    look(site, "first")
    look(site, "second")
    assert runs(site) == sorted([*before, waiting.run_id])
    assert site.ended(waiting.run_id).state == "success"
    opening = site.pack(waiting.run_id, "1").opening
    assert (opening.cohort, opening.reason) == ("2005-08", waiting.reason)
    assert opening.reason.startswith("cohort 2005-08 ")
    assert site.verified(waiting.run_id, "1").outcome in (Outcome.USABLE, Outcome.NOT_USABLE)
    look(site, "third")
    assert runs(site) == sorted([*before, waiting.run_id])
    assert due(site.context, wiring.now()) == ()


def test_the_older_certificate_is_superseded(site: "Site", waiting: Due) -> None:
    """The last decided word counts: July's pack is authentic, and for use only August's."""
    answer = site.verified("good", "1")
    assert answer.outcome is Outcome.NOT_USABLE
    assert "supersede" in answer.checks[-1].says
