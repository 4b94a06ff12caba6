"""The rulebook: one numbered, immutable snapshot of everything that decides."""

from dataclasses import dataclass
from datetime import datetime

from hallmark.errors import BadInput
from hallmark.policy.appetite import Appetite
from hallmark.policy.clause import Clause
from hallmark.policy.control import Policy, Tier
from hallmark.policy.role import Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model in the inventory."""

    model: str
    owner: str
    purpose: str
    tier: Tier
    jurisdictions: tuple[str, ...]
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """An expectation suite by name and digest; its bytes are a blob."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What people write: everything that decides, before it has a number."""

    policies: tuple[Policy, ...]
    clauses: tuple[Clause, ...]
    roles: Roles
    appetite: Appetite
    inventory: tuple[Entry, ...]
    suites: tuple[Suite, ...]
    assessors: str

    def entry(self, model: str) -> Entry:
        """The inventory's entry of `model`. Raises `BadInput` when it has none."""
        for entry in self.inventory:
            if entry.model == model:
                return entry
        raise BadInput(f"model {model!r} is not in the inventory; add it to policies/inventory.yaml and publish")

    def suite(self, name: str) -> Suite:
        """The suite called `name`. Raises `BadInput` when there is none."""
        for suite in self.suites:
            if suite.name == name:
                return suite
        raise BadInput(f"suite {name!r} is not in the rulebook; add expectations/{name}.json and publish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """`rules` under a number; `previous` is the SHA-256 of the envelope of the rulebook before, None for the first."""

    number: int
    previous: str | None
    issued_at: datetime
    rules: Rules
