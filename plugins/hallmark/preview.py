"""What a certification would say of a folder, in seconds and without Airflow; nothing is certified.

In a notebook: `from hallmark.preview import preview; v = preview("mine"); v.findings`, or `v` alone.
"""

import html
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hallmark import wiring
from hallmark.cli.outcome import read as read_case
from hallmark.cli.place import home, repo
from hallmark.cli.rulebook import publish_current
from hallmark.errors import BadInput, Undecidable
from hallmark.evidence.case import report_of
from hallmark.evidence.statement import Certification
from hallmark.local.machine import login_name
from hallmark.policy.profile import Profile
from hallmark.policy.rulebook import Entry
from hallmark.policy.subject import Manifest
from hallmark.report.columns import wrapped
from hallmark.report.plain import printable
from hallmark.report.terminal import Page, lines
from hallmark.steps.assess import assess
from hallmark.steps.intake import Proposal
from hallmark.steps.open_case import Run, chosen
from hallmark.steps.preview import walk
from hallmark.steps.register import Incoming, read, standing
from hallmark.steps.standards import standards
from hallmark.verdict.finding import Finding, Verdict
from hallmark.verdict.observation import Observation

NOTHING = "PREVIEW, nothing was certified: no key of this installation, no ledger, no pack."
"""The first line of everything that a preview shows."""

NOBODY, NOWHERE = "nobody", "ZZ"
"""Owner and jurisdiction of a draft that names none; ZZ is the code of no country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The verdict as it would be, with what it rests on.

    `lacking` says of each mandatory dimension without a control for whom there are some; `standing` counts guesses and
    gaps of the draft.
    """

    certification: Certification
    profile: Profile
    observations: tuple[Observation, ...]
    report: bytes
    lacking: tuple[str, ...]
    standing: int

    @property
    def verdict(self) -> Verdict:
        """What `decide()` says of these data under the rules as they stand in the clone."""
        return self.certification.verdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of the verdict."""
        return self.verdict.findings

    def lines(self, page: Page) -> Sequence[str]:
        """The view of the terminal, which says first what it is."""
        shown = lines(self.certification, self.profile, self.observations, page=page)
        return [line for text in (self.banner, *self.lacking) for line in wrapped(text, page.width)] + ["", *shown]

    @property
    def banner(self) -> str:
        """The first line, with what `hallmark register` would still refuse."""
        left = f" {self.standing} guesses and gaps still stand in the draft." if self.standing else ""
        return f"{NOTHING}{left}"

    def page(self) -> bytes:
        """The report as HTML, which says above everything else what it is."""
        style = "margin:0;padding:.6em 1em;background:#7a1f1f;color:#fff;font:bold 1rem sans-serif"
        said = f'<p role="note" style="{style}">{html.escape(self.banner)}</p>'
        before, body, after = self.report.partition(b"<body>")
        if not body:
            raise BadInput("the report has no body to say PREVIEW in; nothing was written")
        return before + body + said.encode() + after

    def __repr__(self) -> str:
        """The view of the terminal, 100 characters wide."""
        return "\n".join(self.lines(Page()))

    def _repr_html_(self) -> str:
        """The report in a frame of its own, so that no style leaks into the notebook."""
        page = html.escape(self.page().decode(), quote=True)
        return f'<iframe srcdoc="{page}" sandbox="" style="width:100%;height:80vh;border:1px solid #888"></iframe>'


def preview(folder: str | Path, cohort: str = "") -> Preview:
    """Run the steps of a case on `folder` in an installation that is thrown away, and return what they decide.

    `cohort` is the newest one without a name. The rules are those of the clone, with what was taken in here and what
    stands in the folder. Raises `BadInput` for whatever `hallmark register` would refuse, marks of a draft apart.
    """
    incoming = read(Path(folder), draft=True)
    if incoming.manifest is None:
        raise BadInput(f"{folder}: no manifest.yaml here; a preview needs the version that the cohorts belong to")
    with tempfile.TemporaryDirectory(prefix="hallmark-preview-") as place:
        context = wiring.throwaway(Path(place))
        publish_current(context, repo(), _own(incoming))
        context.registry.register(incoming.manifest, incoming.cohorts, incoming.folder)
        run = _run(incoming.manifest, cohort)
        chosen(context, run, context.now().date())
        certification = walk(context, run, partial(_measured, Path(place), run.case))
        profile, observations = read_case(context, certification)
        lacking = tuple(standards(profile, context.chain().latest.rulebook.rules))
        report = report_of(context.store, certification)
    return Preview(
        certification=certification,
        profile=profile,
        observations=observations,
        report=report,
        lacking=lacking,
        standing=standing(incoming.folder),
    )


def _measured(place: Path, case: str, dimensions: Iterable[str]) -> None:
    """Measure each dimension in a process of its own, as many at once as there are cores, as Airflow would."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(partial(_in_a_process, place, case), dimensions):
            pass


def _in_a_process(place: Path, case: str, dimension: str) -> None:
    words = [sys.executable, "-m", "hallmark.preview", str(place), case, dimension]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = ([line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"])[-1]
        raise Undecidable(f"{dimension} could not be measured: {printable(last)[:300]}")


def _own(incoming: Incoming) -> tuple[Proposal, ...]:
    """What was taken in, the entry of the folder in the place of an older one."""
    taken = {one.entry.model: one for one in wiring.intake(home()).taken()}
    if incoming.proposal is not None:
        taken[incoming.proposal.entry.model] = replace(incoming.proposal, entry=_filled(incoming.proposal.entry))
    return tuple(taken.values())


def _filled(entry: Entry) -> Entry:
    """The entry of a draft, with nobody and nowhere in its gaps; `hallmark register` refuses it while there is one."""
    return replace(entry, owner=entry.owner or NOBODY, jurisdictions=entry.jurisdictions or (NOWHERE,))


def _run(manifest: Manifest, cohort: str) -> Run:
    return Run(
        dag_id="preview",
        run_id="preview",
        model=manifest.model,
        version=manifest.version,
        cohort=cohort,
        asked_by=login_name(),
        reason="a preview",
    )


if __name__ == "__main__":
    assess(wiring.throwaway(Path(sys.argv[1])), *sys.argv[2:])
