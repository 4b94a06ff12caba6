"""Words and shapes for statuses and verdicts: colour only ever supports them."""

from dataclasses import dataclass

from hallmark.policy.appetite import Status
from hallmark.verdict.finding import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word, its shape as one character, the same in ASCII, and the ANSI colour that supports it."""

    word: str
    shape: str
    ascii: str
    ansi: str


STATUSES = {
    Status.SATISFIED: Mark(word="satisfied", shape="●", ascii="*", ansi="36"),
    Status.INCONCLUSIVE: Mark(word="inconclusive", shape="◐", ascii="(", ansi="33"),
    Status.INSUFFICIENT: Mark(word="insufficient", shape="○", ascii="o", ansi="35"),
    Status.NOT_SATISFIED: Mark(word="not satisfied", shape="✕", ascii="x", ansi="1;31"),
    Status.NOT_EVALUATED: Mark(word="not evaluated", shape="–", ascii="-", ansi="1"),  # noqa: RUF001
}
"""The five statuses in the order in which counts are shown."""

DECISIONS = {
    Decision.CERTIFIED: Mark(word="CERTIFIED", shape="●", ascii="*", ansi="1;36"),
    Decision.CONDITIONAL: Mark(word="CONDITIONAL", shape="◐", ascii="(", ansi="1;33"),
    Decision.REFERRED: Mark(word="REFERRED", shape="○", ascii="o", ansi="1;35"),
    Decision.REFUSED: Mark(word="REFUSED", shape="✕", ascii="x", ansi="1;31"),
}
"""The four verdicts."""
