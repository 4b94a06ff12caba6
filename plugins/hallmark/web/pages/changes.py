"""What changed between two cases of a model: the causes first, then every finding that is not the same."""

from collections.abc import Iterator
from dataclasses import dataclass

from hallmark.edges.index_sql import Line
from hallmark.evidence.trust import Chain
from hallmark.policy.appetite import Status
from hallmark.policy.profile import Profile

WORST_LAST = (
    Status.SATISFIED,
    Status.INCONCLUSIVE,
    Status.INSUFFICIENT,
    Status.NOT_EVALUATED,
    Status.NOT_SATISFIED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One finding before and after; None where a case did not expect it. `what` says in words what is different."""

    before: Line | None
    after: Line | None
    what: str

    @property
    def line(self) -> Line:
        """The finding, as it is now or as it was last."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def weight(self) -> tuple[int, str]:
        """Worst first."""
        return -_rank(self.after), self.line.control


def causes(before: Profile, after: Profile, chain: Chain) -> tuple[str, ...]:
    """Why two cases can differ at all: data, model, rulebook, clauses, assessors; each where it is another."""
    return tuple(_causes(before, after, chain)) or (
        "Nothing that decides is different: the same model, data and rulebook, so every number has to be the same.",
    )


def _causes(before: Profile, after: Profile, chain: Chain) -> Iterator[str]:
    if before.cohort.sha256 != after.cohort.sha256:
        old, new = before.cohort, after.cohort
        yield f"Data: cohort {old.name} ({old.as_of}), now {new.name} ({new.as_of})."
    if before.subject != after.subject:
        same_file = before.subject.artifact_sha256 == after.subject.artifact_sha256
        yield f"Model: version {before.subject.version}, now {after.subject.version}" + (
            "; the artifact is the same file." if same_file and after.subject.artifact_sha256 else "."
        )
    if before.rulebook != after.rulebook:
        yield f"Rulebook: {before.rulebook}, now {after.rulebook}."
        if changed := _clauses(before, after):
            yield f"Clauses: {', '.join(changed)}."
        if len({chain.number(one.rulebook).rulebook.rules.assessors for one in (before, after)}) > 1:
            yield "Assessors: what measures is another, or its libraries are."
    if before.phase != after.phase:
        yield f"Phase: {before.phase}, now {after.phase}."
    if before.entry != after.entry:
        yield "Inventory: owner, purpose, tier or jurisdictions are not the same."


def _clauses(before: Profile, after: Profile) -> list[str]:
    old, new = ({clause.name: clause for clause in one.clauses} for one in (before, after))
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def changes_of(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[Change, ...]:
    """Every finding whose status, bound or presence changed, or whose intervals no longer meet; worst first."""
    old, new = {line.key: line for line in before}, {line.key: line for line in after}
    found = (
        Change(before=old.get(key), after=new.get(key), what=_what(old.get(key), new.get(key))) for key in old | new
    )
    return tuple(sorted((change for change in found if change.what), key=lambda one: one.weight))


def _what(before: Line | None, after: Line | None) -> str:
    if before is None:
        return "newly expected"
    if after is None:
        return "no longer expected"
    return ", ".join(_differences(before, after))


def _differences(before: Line, after: Line) -> Iterator[str]:
    if before.status != after.status:
        yield "worse" if _rank(after) > _rank(before) else "better"
    if (before.floor, before.ceiling, before.tolerance) != (after.floor, after.ceiling, after.tolerance):
        yield "another bound"
    if _apart(before, after):
        yield "the intervals do not meet"


def _apart(before: Line, after: Line) -> bool:
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return before.value != after.value and before.status != after.status
    return before.high < after.low or after.high < before.low


def _rank(line: Line | None) -> int:
    return WORST_LAST.index(Status(line.status)) if line else -1
