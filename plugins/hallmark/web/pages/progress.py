"""What is expected of a case that is not decided yet, and what has been delivered."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallmark.assess.registry import ASSESSED
from hallmark.edges.index_sql import CaseRow
from hallmark.evidence.case import REPORTER, read_product, read_step
from hallmark.evidence.places import step_prefix
from hallmark.evidence.trust import Chain
from hallmark.policy.expected import Expected
from hallmark.policy.profile import Profile
from hallmark.policy.role import KeyUse
from hallmark.ports import Store
from hallmark.report.words import topic

TITLES = {"open_case": "Open case", "vet": "Vet", "score": "Score"} | {one.name: one.title for one in ASSESSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One task of a case: `signed` when it has delivered a signed step; `state` is Airflow's word for the task."""

    task: str
    title: str
    signed: bool
    state: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Every task before the verdict, in order, with the findings that are expected of it, and the profile."""

    parts: tuple[Part, ...]
    profile: Profile

    @property
    def delivered(self) -> int:
        """How many of the expected findings belong to tasks that have delivered."""
        return sum(len(part.expected) for part in self.parts if part.signed)

    @property
    def total(self) -> int:
        """How many findings are expected."""
        return sum(len(part.expected) for part in self.parts)


def progress_of(store: Store, chain: Chain, row: CaseRow, states: Mapping[str, str]) -> Progress:
    """Compare the profile with the steps that are there. Raises `Missing` or `Tampered` as the opening does."""
    opening = read_step(store, row.case, "open_case", row.step, chain.keys(KeyUse.WORKER))
    profile = read_product(store, opening, "profile", Profile)
    there = {key.split("/")[2] for key in store.keys(step_prefix(row.case, "")[:-1])}
    expected: dict[str, list[Expected]] = {}
    for one in profile.expected:
        dimension = one.key.measure.partition(".")[0]
        expected.setdefault(REPORTER.get(dimension, dimension), []).append(one)
    tasks = [*TITLES, *(task for task in expected if task not in TITLES)]
    parts = (
        Part(
            task=task,
            title=TITLES.get(task, task.replace("_", " ").capitalize()),
            signed=task in there,
            state=states.get(task, ""),
            expected=tuple(topic(one) for one in expected.get(task, ())),
        )
        for task in tasks
    )
    return Progress(parts=tuple(parts), profile=profile)
