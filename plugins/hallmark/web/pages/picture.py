"""The ladder as an image of its own, for places that take no page: the review form, a mail."""

from collections.abc import Sequence
from html import escape

from hallmark.report import ladder
from hallmark.report.marks import STATUSES
from hallmark.report.plain import printable
from hallmark.report.words import topic
from hallmark.verdict.finding import Finding
from hallmark.verdict.sentence import amount, bound

WIDTH, ROW, TOP = 300, 88, 8
"""Pixels; Airflow shows a picture in a form some 280 pixels wide, whatever its size, so a row is a stack of lines."""

STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#16191d}.quiet{fill:#525a64}.mark{font-weight:600}"
    ".axis,.bound,.edge,.expect,.none{fill:none;stroke:#16191d}.axis{opacity:.35}.bound,.expect,.none{stroke-width:2}"
    ".edge{stroke-dasharray:2 2}.outside{fill:#16191d;opacity:.16}.tolerance{fill:#16191d;opacity:.07}"
    ".bar{fill:currentColor;opacity:.5}.dot{fill:currentColor}"
    ".satisfied{color:#0a5aa6}.inconclusive{color:#7d4e00}.insufficient{color:#6a3d9a}"
    ".not-satisfied{color:#b02a0c}.not-evaluated{color:#3d434b}text.mark{fill:currentColor}"
)


def picture(findings: Sequence[Finding]) -> str:
    """Each finding with status, what it is about, the rung and the numbers; dark on white, whatever surrounds it."""
    height = TOP * 2 + ROW * len(findings)
    rows = "".join(_row(finding, TOP + ROW * place) for place, finding in enumerate(findings))
    told = escape(f"Interval ladder of {len(findings)} findings")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{told}"><title>{told}</title><style>{STYLE}</style>'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{rows}</svg>'
    )


def _row(finding: Finding, y: int) -> str:
    mark, expected, seen = STATUSES[finding.status], finding.expected, finding.observation
    numbers = amount(seen) if seen is not None else "nothing usable"
    about = printable(topic(expected))
    # The rung keeps its own scale; a nested picture takes place and size as attributes.
    rung = ladder.svg(ladder.rung_of(finding)).replace("<svg ", f'<svg x="8" y="{y + 38}" width="284" height="20" ', 1)
    required = bound(expected.require)
    return (
        f'<text class="mark {finding.status}" x="8" y="{y + 14}">{mark.shape} {mark.word}</text>'
        f'<text x="8" y="{y + 32}">{escape(_short(about, 46))}</text>{rung}'
        f'<text class="quiet" x="8" y="{y + 74}">{escape(numbers)}; must be {escape(required)}</text>'
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
