"""Installations for the tests: `small`, a model of 600 rows with rules of its own, and `decided`, the card example."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from hallmark import documents, wiring
from hallmark.assess.registry import ASSESSED
from hallmark.cli.rulebook import keys
from hallmark.evidence.archive import exported
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.entry import Entry
from hallmark.evidence.envelope import seal
from hallmark.evidence.ledger import Ledger, read_ledger
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.step import PAYLOAD
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Verification, verify
from hallmark.local.home import Home
from hallmark.measures import Task
from hallmark.policy.control import Authority, Bound, Control, Effective, Policy, Scope, Severity
from hallmark.policy.role import KeyUse
from hallmark.policy.rulebook import Entry as Inventoried
from hallmark.policy.rulebook import Rules, Suite
from hallmark.policy.subject import (
    Attribute,
    Cohort,
    CohortRole,
    Consent,
    DataFile,
    Decision,
    Deployment,
    Favourable,
    Label,
    LabelKind,
    Manifest,
    Order,
    Provenance,
    Retention,
)
from hallmark.ports import Signer, Store
from hallmark.steps.assess import assess
from hallmark.steps.context import Context
from hallmark.steps.gate import gate
from hallmark.steps.open_case import Run, open_case
from hallmark.steps.publish import publish
from hallmark.steps.score import score
from hallmark.steps.vet import vet

# How quick a machine is that does other things too says nothing about the code.
settings.register_profile("hallmark", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hallmark")

REPO = Path(__file__).parents[1]
START = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = date(2026, 6, 30)
DIMENSION_NAMES = tuple(dimension.name for dimension in ASSESSED)
TASKS = ("vet", "score", *DIMENSION_NAMES)


@dataclass
class Clock:
    """A clock that a test sets; it stands still otherwise."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@dataclass
class Place:
    """One installation with what tests do in it. `case` is a decided case where the fixture says so."""

    home: Home
    context: Context
    clock: Clock
    case: str = ""

    @property
    def store(self) -> Store:
        return self.context.store

    @property
    def folder(self) -> Path:
        """The store on disk, where a test plays the attacker."""
        return self.home.store / "hallmark"

    def copy(self, to: Path) -> "Place":
        """The same installation in another folder; nothing that happens there comes back."""
        shutil.copytree(self.home.root, to)
        return replace(_place(Home(root=to), Clock(self.clock.at)), case=self.case)

    def again(self, **changes: Any) -> Context:
        """The context with one thing exchanged."""
        return replace(self.context, **changes)

    def run(self, name: str = "one", version: str = "1", cohort: str = "", model: str = "small") -> Run:
        words = {"asked_by": "someone", "reason": "because"}
        return Run(dag_id="certify_model", run_id=name, model=model, version=version, cohort=cohort, **words)

    def open(self, name: str = "one", **asked: str) -> str:
        return open_case(self.context, self.run(name, **asked)).case

    def work(self, case: str, tasks: Iterable[str] = TASKS) -> None:
        """Do the tasks of a case, in the order in which they depend on each other."""
        for task in tasks:
            self.task(case, task)

    def task(self, case: str, task: str) -> None:
        if task in DIMENSION_NAMES:
            assess(self.context, case, task)
        else:
            {"vet": vet, "score": score}[task](self.context, case)

    def certify(self, name: str = "one", tasks: Iterable[str] = TASKS, **asked: str) -> Certification:
        case = self.open(name, **asked)
        self.work(case, tasks)
        return gate(self.context, case)

    def pack(self, case: str = "", version: str = "1") -> str:
        model = self.context.registry.versions()[0][0]
        return pack_key(model, version, case or self.case, 1)

    def verify(self, case: str = "", version: str = "1", **changes: Any) -> Verification:
        asked: dict[str, Any] = {
            "store": self.store,
            "pack": self.pack(case, version),
            "root": self.context.root,
            "at": self.clock.at,
        }
        return verify(Question(**(asked | changes)))

    def export(self, case: str = "") -> bytes:
        return exported(self.store, self.pack(case), self.context.chain())

    def ledger(self) -> Ledger:
        return read_ledger(self.store, self.context.chain())

    def entries(self) -> tuple[Entry, ...]:
        return self.ledger().entries

    def snapshot(self) -> dict[str, str]:
        """Every file of store, ledger and registry with its digest."""
        kept = (self.folder, self.home.registry)
        files = [path for folder in kept for path in folder.rglob("*") if path.is_file()]
        return {str(path): digest(path.read_bytes()) for path in files} | {
            f"entry {index}": digest(entry) for index, entry in enumerate(self.context.sequencer.entries())
        }

    def publish(self, rules: Rules) -> None:
        publish(self.context, rules, {"small": SUITE})

    def publish_with_grace(self, days: int) -> None:
        """Publish the next rulebook; it differs in its days of grace alone."""
        self.publish(graced(self.rules(), days))

    def rules(self) -> Rules:
        return self.context.chain().latest.rulebook.rules

    def seal(self, value: object, use: KeyUse, kind: str = PAYLOAD) -> bytes:
        """What somebody signs who has stolen a key."""
        return seal(encode(value), kind, self.context.signer(use))

    def overwrite(self, key: str, data: bytes) -> None:
        """What somebody writes who can write into the store."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o600) if path.exists() else None
        path.write_bytes(data)

    def register(
        self, version: str = "1", frame: Any = None, cohorts: tuple[str, ...] = ("july",), **changes: Any
    ) -> None:
        """Register a version of `small`; `frame` is its cohort, the reference stays sound."""
        source = self.home.root / "incoming" / version
        manifest = manifest_of(source, version, **changes)
        found = tuple(cohort_of(source, version, name, frame) for name in cohorts)
        self.context.registry.register(manifest, found, source)

    def register_cohort(self, name: str, version: str = "1", frame: Any = None, **changes: Any) -> None:
        source = self.home.root / "incoming" / f"{version}-{name}"
        cohort = cohort_of(source, version, name, frame, **changes)
        self.context.registry.register(None, (cohort,), source)


def frame_of(rows: int = 600, seed: int = 1) -> Any:
    """Rows with a calibrated score and groups that are treated alike."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    score = random.beta(0.6, 1.2, rows)
    columns = {
        "id": np.arange(rows),
        "income": random.normal(30.0, 9.0, rows),
        "sex": np.where(np.arange(rows) % 2 == 0, "men", "women"),
        "late": (random.random(rows) < score).astype("int64"),
        "score": score,
    }
    return pd.DataFrame(columns)


def write(frame: Any, path: Path) -> str:
    """Write a frame as Parquet and return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
    return digest(path.read_bytes())


def manifest_of(source: Path, version: str = "1", **changes: Any) -> Manifest:
    """A manifest of predictions alone with its reference data below `source`."""
    reference = DataFile(
        file="reference.parquet", sha256=write(frame_of(seed=7), source / "reference.parquet"), as_of=DAY
    )
    parts: dict[str, Any] = {
        "model": "small",
        "version": version,
        "task": Task.BINARY,
        "artifact": None,
        "predictions": "score",
        "decision": Decision(cut_off=0.4, favourable=Favourable.BELOW),
        "key": "id",
        "features": ("income",),
        "label": Label(column="late", positive="1", source="books", kind=LabelKind.OBSERVED),
        "attributes": (Attribute(name="sex", column="sex", groups=("men", "women"), reference="men"),),
        "training": reference,
        "reference": reference,
        "order": Order.NONE,
        "suite": "small",
        "provenance": Provenance(origin="made", licence="CC0", collected="2026", citation="none"),
        "consent": Consent(basis="contract", until=None),
        "retention": Retention(until=None, rule="ten years"),
        "deployment": Deployment(as_if="in the EU", description="a lender"),
        "limits": ("The data are made.",),
    }
    return Manifest(**(parts | changes))


def cohort_of(source: Path, version: str, name: str, frame: Any = None, **changes: Any) -> Cohort:
    """A cohort with its data below `source`; names in the order of their months have dates in that order."""
    sha256 = write(frame_of() if frame is None else frame, source / f"{name}.parquet")
    months = {"july": 7, "august": 8, "september": 9}
    parts: dict[str, Any] = {
        "model": "small",
        "version": version,
        "name": name,
        "role": CohortRole.HOLDOUT,
        "as_of": date(2026, months.get(name, 10), 28),
        "file": f"{name}.parquet",
        "sha256": sha256,
    }
    return Cohort(**(parts | changes))


def _expectation(kind: str, column: str, measure: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": kind, "kwargs": {"column": column} | kwargs, "meta": {"measure": f"data_quality.{measure}"}}


SUITE = json.dumps(
    {
        "name": "small",
        "meta": {},
        "expectations": [
            *(
                _expectation("expect_column_values_to_not_be_null", column, "completeness")
                for column in ("id", "income", "sex", "late", "score")
            ),
            _expectation("expect_column_values_to_be_unique", "id", "uniqueness"),
            _expectation("expect_column_values_to_be_between", "score", "validity", min_value=0, max_value=1),
        ],
    }
).encode()


def control(id_: str, measure: str, severity: Severity, **require: Any) -> Control:
    """A control with a bound (`at_least`, `between`, `is_`, ...) and, for samples, `tolerance` and `by`."""
    own: dict[str, Any] = {name: require.pop(name) for name in ("tolerance", "by", "expect") if name in require}
    own |= {"title": id_, "because": "for the tests", "remedy": f"Mend {measure}."}
    return Control(id=id_, measure=measure, severity=severity, require=Bound(**require), **own)


CONTROLS = (
    control("V-1", "vet.artifact_safe", Severity.CRITICAL, is_=True),
    control("V-2", "vet.artifact_matches", Severity.CRITICAL, is_=True),
    control("V-3", "vet.data_matches", Severity.HIGH, is_=True),
    control("V-4", "vet.provenance", Severity.HIGH, is_=True),
    control("V-5", "vet.consent", Severity.HIGH, is_=True),
    control("V-6", "vet.retention", Severity.HIGH, is_=True),
    control("Q-1", "data_quality.completeness", Severity.HIGH, at_least=0.99),
    control("Q-2", "data_quality.groups_present", Severity.HIGH, at_least=1.0),
    control("D-1", "drift.score_distance", Severity.MODERATE, at_most=0.1, tolerance=0.1),
    control("F-1", "fairness.selection_rate_ratio", Severity.HIGH, between=(0.8, 1.25), tolerance=0.15, by=("sex",)),
    control("A-1", "performance.auc", Severity.HIGH, at_least=0.6, tolerance=0.05, expect=0.75),
)


def rules_of(context: Context, controls: tuple[Control, ...] = CONTROLS, **changes: Any) -> Rules:
    """The rules of `small`: our own controls and inventory, the shipped appetite and people."""
    files = {str(path.relative_to(REPO)): path.read_text() for path in (REPO / "policies").rglob("*.yaml")}
    shipped = documents.rules(files, keys=keys(context), suites=(), assessors="0" * 64)
    policy = Policy(
        policy="small",
        version=1,
        title="The policy of the tests",
        owner="risk",
        authority=Authority.ENTERPRISE,
        scope=Scope(),
        effective=Effective(from_=date(2026, 1, 1)),
        controls=controls,
    )
    entry = Inventoried(
        model="small",
        owner="the-owner",
        purpose="credit-decision",
        tier=shipped.inventory[0].tier,
        jurisdictions=("EU",),
        department="retail",
    )
    suites = (Suite(name="small", sha256=digest(SUITE)),)
    appetite = replace(shipped.appetite, grace_days=30)
    own: dict[str, Any] = {"policies": (policy,), "clauses": (), "inventory": (entry,), "suites": suites}
    return replace(shipped, appetite=appetite, **(own | changes))


def graced(rules: Rules, days: int) -> Rules:
    """The rules with other days of grace: the smallest change that makes another rulebook."""
    return replace(rules, appetite=replace(rules.appetite, grace_days=days))


def _place(home: Home, clock: Clock) -> Place:
    context = wiring.context(home, endpoint=None)
    cached: dict[KeyUse, Signer] = {}
    load: Callable[[KeyUse], Signer] = context.signer
    signer = partial(_once, cached, load)
    return Place(home=home, context=replace(context, now=clock, signer=signer), clock=clock)


def _once(cached: dict[KeyUse, Signer], load: Callable[[KeyUse], Signer], use: KeyUse) -> Signer:
    return cached.setdefault(use, load(use)) if use not in cached else cached[use]


def founded(root: Path, clock: Clock) -> Place:
    """A new installation: keys, root and an empty store."""
    home = Home(root=root).create()
    wiring.found(home, name="hallmark-test", demo=True)
    wiring.prepare_store(home, endpoint=None)
    return _place(home, clock)


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Rulebook 1 and version 1 with its July cohort; copied, never written to."""
    place = founded(tmp_path_factory.mktemp("small") / "home", Clock())
    place.publish(rules_of(place.context))
    place.register()
    return place


@pytest.fixture(scope="session")
def small_decided_world(small_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """`small_world` with one certified case; copied, never written to."""
    place = small_world.copy(tmp_path_factory.mktemp("small-decided") / "home")
    place.case = place.certify().case
    return place


@pytest.fixture
def small_frame() -> Any:
    """The rows of July, to be damaged."""
    return frame_of()


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """An installation without a rulebook; `small` is registered."""
    place = founded(tmp_path / "bare", Clock())
    place.register()
    return place


@pytest.fixture
def small(small_world: Place, tmp_path: Path) -> Place:
    """An installation of one's own, with a registered version and no case."""
    return small_world.copy(tmp_path / "home")


@pytest.fixture
def small_decided(small_decided_world: Place, tmp_path: Path) -> Place:
    """An installation of one's own, with one certified case."""
    return small_decided_world.copy(tmp_path / "home")


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The card example, version 1 certified on July under the shipped rules; copy it before you change it."""
    folder = tmp_path_factory.mktemp("card")
    shared = os.environ.get("HALLMARK_TESTS_SHARE")
    made = Path(shared) if shared else folder
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "case").exists():
            _decide(made)
    if made != folder:
        shutil.copytree(made, folder, dirs_exist_ok=True)
    return replace(_place(Home(root=folder / "home"), Clock()), case=(folder / "case").read_text())


def _decide(folder: Path) -> None:
    """Build and certify it; `make test` does so once for all its processes, in a new folder each time."""
    from hallmark.cli.rulebook import publish_current
    from hallmark.steps.register import register

    subprocess.run([sys.executable, REPO / "examples/card_default/build.py", folder / "built"], check=True, timeout=240)
    place = founded(folder / "home", Clock())
    publish_current(place.context, REPO)
    register(place.context.registry, folder / "built")
    (folder / "case").write_text(place.certify(model="card_default").case)
