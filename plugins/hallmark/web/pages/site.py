"""What every page is given: the installation, its index, and what Airflow says about a run."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hallmark.edges.index_sql import CaseRow, SqlIndex
from hallmark.evidence.places import rulebooks
from hallmark.evidence.trust import Chain, accept, read_root
from hallmark.steps.context import Context
from hallmark.web.pages.decided import Decided, read_decided

KEPT = 32
"""How many decided cases stay in memory; they never change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """What Airflow says about a run: its state, and the state of each task that has one."""

    state: str
    tasks: dict[str, str]

    @property
    def ended(self) -> bool:
        """Whether Airflow will do nothing more for this run."""
        return self.state in ("success", "failed")


@dataclass(slots=True, kw_only=True)
class Site:
    """One installation behind the pages. `run` looks a run of Airflow up by DAG and run id, None for an unknown one."""

    context: Context
    index: SqlIndex
    run: Callable[[str, str], RunSeen | None]
    _chains: dict[int, Chain] = field(default_factory=dict)
    _decided: "OrderedDict[str, Decided]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def now(self) -> datetime:
        """The time of the installation's clock, aware."""
        return self.context.now()

    def chain(self) -> Chain:
        """The rulebooks under the root, read again only when there are more of them: none is ever changed."""
        count = sum(1 for _ in self.context.store.keys("rulebooks/"))
        if count not in self._chains:
            self._chains = {count: accept(read_root(self.context.root), rulebooks(self.context.store))}
        return self._chains[count]

    def caught_up(self, seconds: float = 0.1) -> int:
        """Bring the index up to the ledger; how many cases still have to be read."""
        return self.index.catch_up(self.context.store, self.chain(), seconds=seconds)

    def decided(self, row: CaseRow, number: int) -> Decided:
        """Everything about a decided case. Raises `Tampered` or `Missing` when its evidence does not hold."""
        key = f"{row.case}/{number}/{row.sha256}"
        with self._lock:
            if key in self._decided:
                self._decided.move_to_end(key)
                return self._decided[key]
        found = read_decided(self.context.store, self.chain(), row, number)
        with self._lock:
            self._decided[key] = found
            while len(self._decided) > KEPT:
                self._decided.popitem(last=False)
        return found
