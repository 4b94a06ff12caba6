"""`dag.test()` and the scheduler run the same steps: one digest over profile, observations, findings and effects."""

import os
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from hallmark import wiring
from hallmark.cli.outcome import read
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.statement import Certification
from hallmark.local.home import Home
from hallmark.policy.appetite import Effect
from hallmark.steps.context import Context
from hallmark.steps.open_case import case_of
from hallmark.steps.packs import read_pack

if TYPE_CHECKING:
    from tests.flow.conftest import Site

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]

RUN = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
dag = DagBag(sys.argv[1]).dags["certify_model"]
run = dag.test(run_conf=json.loads(sys.argv[2]))
print("RUN", run.run_id, run.state)
"""


def digest_of(context: Context, certification: Certification) -> str:
    """SHA-256 over what was required, seen and concluded; the case and every time are left out."""
    profile, observations = read(context, certification)
    findings = certification.verdict.findings
    parts = {
        "profile": {name: value for name, value in plain(profile).items() if name != "case"},
        "observations": plain(tuple(sorted(observations, key=lambda one: one.key))),
        "findings": plain(findings),
        "effects": [finding.effect for finding in findings],
        "decision": certification.verdict.decision,
    }
    return digest(encode(parts))


def plain(value: Any) -> Any:
    """Dataclasses as mappings without their times, whatever they hold."""
    if isinstance(value, datetime):
        return "a time"
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    return msgspec.to_builtins(value)


@pytest.fixture(scope="module")
def tried(site: "Site", tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, Certification]:
    """The pack of a `dag.test()` on a copy of the installation whose scheduler certified July."""
    folder = tmp_path_factory.mktemp("dag-test")
    home = Home(root=folder / "home")
    shutil.copytree(site.home.root, home.root, ignore=shutil.ignore_patterns("airflow", "logs", "run", "work"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "HALLMARK"))}
    own = {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPO / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPO / "plugins"),
        "HALLMARK_HOME": str(home.root),
        "HALLMARK_REPO": str(REPO),
    }
    conf = '{"model": "card_default", "version": "1", "cohort": "2005-07", "reason": "a test"}'
    for command in (["-m", "airflow", "db", "migrate"], ["-c", RUN, str(REPO / "dags"), conf]):
        done = subprocess.run(
            [sys.executable, *command], env=kept | own, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
    (_, run_id, state) = next(line for line in done.stdout.splitlines() if line.startswith("RUN ")).split()
    assert state == "success"
    context = wiring.context(home, endpoint=None)
    return context, read_pack(context, "card_default", "1", case_of("certify_model", run_id))


@pytest.fixture(scope="module")
def scheduled(site: "Site") -> Certification:
    if not site.packs("good"):
        site.start("good", version="1", cohort="2005-07")
        site.ended("good")
    return site.pack("good", "1")


def test_both_ways_give_one_digest(
    site: "Site", scheduled: Certification, tried: tuple[Context, Certification]
) -> None:
    context, certification = tried
    assert certification.case != scheduled.case
    assert digest_of(context, certification) == digest_of(site.context, scheduled)


def test_the_digest_sees_one_changed_effect(site: "Site", scheduled: Certification) -> None:
    first, *rest = scheduled.verdict.findings
    effect = next(effect for effect in Effect if effect is not first.effect)
    verdict = replace(scheduled.verdict, findings=(replace(first, effect=effect), *rest))
    changed = replace(scheduled, verdict=verdict)
    assert digest_of(site.context, changed) != digest_of(site.context, scheduled)
