"""One pass over the cohort: rows and sums of scores by every group, earned outcome and band of the score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hallmark.assess import sql
from hallmark.assess.arrays import Floats, Integers, Mask
from hallmark.assess.dataset import Dataset
from hallmark.assess.fairness.spelt import code, outcome_of, score
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.groups import CROSS
from hallmark.policy.subject import POOLED, Attribute, CutOff, Favourable, Manifest

UNIT = 10**9
"""Scores are summed in billionths, as integers: such a sum does not depend on the order of rows."""

CUT_OFF_DIGITS = 4
"""Cut-offs to try are rounded to so many digits: a quantile itself would be the score of a row."""

_QUANTILES = 20

BINS = 20
"""Scores lie in so many bins of one width from 0 to 1; a score of 1 lies in the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of some rows; the sums, in billionths, are over the rows with a label, `positive_scores` over positives.

    `favourable` counts favourable decisions, `earned` labels on the favourable side; the other two are both at once.
    """

    rows: int
    favourable: int
    earned: int
    unearned: int
    favourable_earned: int
    favourable_unearned: int
    positives: int
    scores: int
    positive_scores: int
    squared_scores: int

    @property
    def labelled(self) -> int:
        """The rows with a label."""
        return self.earned + self.unearned


@dataclass(frozen=True, kw_only=True)
class Cube:
    """Cells of the cohort: `codes` of shape (attributes, cells), all else of shape (cells,).

    `smallest` is the policy's smallest cell: how many rows a cell that is told may have at least.

    `outcome` is 1, 0 or -1 (no label), `band` the number of `cut_offs` (ascending) that the score reaches, `bin` the
    place of the score among `BINS`.
    """

    manifest: Manifest
    smallest: int
    cut_offs: Floats
    codes: Integers
    outcome: Integers
    band: Integers
    bin: Integers
    rows: Integers
    scores: Integers
    squares: Integers

    @cached_property
    def own(self) -> int:
        """The place of the cut-off in force among `cut_offs`."""
        return int(np.searchsorted(self.cut_offs, decided(self.manifest).cut_off))

    def everyone(self) -> Mask:
        """All cells."""
        return np.ones(len(self.rows), dtype=np.bool_)

    def members(self, attribute: Attribute, group: str) -> Mask:
        """The cells of a declared group; of a crossing; or of all declared groups outside the reference."""
        if group == POOLED:
            declared = (self._of(attribute) >= 0).all(axis=0)
            found: Mask = declared & ~self.members(attribute, attribute.reference)
            return found
        place = attribute.groups.index(group)
        sizes = [len(part.groups) for part in self._parts(attribute)]
        wanted = np.array(np.unravel_index(place, sizes)).reshape(-1, 1)
        return np.asarray((self._of(attribute) == wanted).all(axis=0))

    def outside(self, attribute: Attribute, code: int) -> Mask:
        """The cells of an attribute that is not crossed with the code `ABSENT` or `UNDECLARED`."""
        return np.asarray(self._of(attribute)[0] == code)

    def tally(self, mask: Mask, at: int | None = None) -> Tally:
        """Count the cells of `mask`, decided at the cut-off in the place `at`; None: at the one in force."""
        below = decided(self.manifest).favourable is Favourable.BELOW
        reached = self.band > (self.own if at is None else at)
        given = mask & (reached != below)
        positive, negative = mask & (self.outcome == 1), mask & (self.outcome == 0)
        earned, unearned = (negative, positive) if below else (positive, negative)
        return Tally(
            rows=self._sum(self.rows, mask),
            favourable=self._sum(self.rows, given),
            earned=self._sum(self.rows, earned),
            unearned=self._sum(self.rows, unearned),
            favourable_earned=self._sum(self.rows, given & earned),
            favourable_unearned=self._sum(self.rows, given & unearned),
            positives=self._sum(self.rows, positive),
            scores=self._sum(self.scores, positive | negative),
            positive_scores=self._sum(self.scores, positive),
            squared_scores=self._sum(self.squares, positive | negative),
        )

    def histogram(self, mask: Mask) -> list[int]:
        """Count the rows of the cells of `mask` in each of the `BINS`."""
        counts = np.zeros(BINS, dtype=np.int64)
        np.add.at(counts, self.bin[mask], self.rows[mask])
        return [int(count) for count in counts]

    @staticmethod
    def _sum(values: Integers, mask: Mask) -> int:
        return int(values[mask].sum())

    def _parts(self, attribute: Attribute) -> list[Attribute]:
        declared = {one.name: one for one in self.manifest.attributes}
        return [declared[name] for name in _names(attribute, declared)]

    def _of(self, attribute: Attribute) -> Integers:
        names = [one.name for one in self.manifest.attributes]
        return self.codes[[names.index(part.name) for part in self._parts(attribute)]]


def _names(attribute: Attribute, declared: Iterable[str]) -> Sequence[str]:
    return [attribute.name] if attribute.name in declared else attribute.name.split(CROSS)


def decided(manifest: Manifest) -> CutOff:
    """The decision of a classification. Raises `BadInput` when the manifest has none.

    Of a multiclass model the score is 1 for a favourable class and 0 for another, and so is the outcome (`spelt`).
    """
    if manifest.decision is None:
        raise BadInput(f"{manifest.model} makes no decision: fairness of decisions needs one in the manifest.")
    return manifest.decision.at or CutOff(cut_off=0.5, favourable=Favourable.AT_OR_ABOVE)


def cube_of(data: Dataset, smallest: int) -> Cube:
    """Count the cohort `data`, which has scores, in one pass; `smallest` is the policy's. Raises `BadInput`."""
    cut_offs = _cut_offs(data)
    attributes = data.manifest.attributes
    groups = [f"{code(data, one)} as code_{place}" for place, one in enumerate(attributes)]
    query = f"""
        with every as (select {", ".join([*groups, f"{outcome_of(data)} as outcome", f"{score(data)} as score"])}
                       from {sql.scored_rows(data)})
        select {"".join(f"code_{place}, " for place in range(len(attributes)))}
               coalesce(outcome, -1) as outcome, {_band(cut_offs.tolist())} as band,
               cast(least(floor(score * {BINS}), {BINS - 1}) as bigint) as bin, count(*) as rows,
               cast(sum(cast(round(score * {UNIT}) as bigint)) as bigint) as scores,
               cast(sum(cast(round(score * score * {UNIT}) as bigint)) as bigint) as squares
        from every group by all order by all"""
    columns = data.fetch(query)
    codes = [columns[f"code_{place}"] for place in range(len(attributes))]
    cells = {name: columns[name].astype(np.int64) for name in ("outcome", "band", "bin", "rows", "scores", "squares")}
    stacked = np.array(codes, dtype=np.int64).reshape(len(codes), len(cells["rows"]))
    return Cube(manifest=data.manifest, smallest=smallest, cut_offs=cut_offs, codes=stacked, **cells)


def _cut_offs(data: Dataset) -> Floats:
    """The cut-off in force and those at about every twentieth of the rows in the order of scores, ascending.

    Of a multiclass model the one in force alone: its decisions have no order.
    """
    if data.manifest.task is Task.MULTICLASS:
        return np.array([decided(data.manifest).cut_off])
    scores = data.fetch(f"select {score(data)} as score from {sql.scored_rows(data)}")["score"]
    places = [len(scores) * part // _QUANTILES for part in range(1, _QUANTILES)]
    quantiles = np.partition(scores, places)[places] + 0.0
    return np.unique(np.append(np.round(quantiles, CUT_OFF_DIGITS), decided(data.manifest).cut_off))


def _band(cut_offs: Sequence[float], below: int = 0) -> str:
    """The expression for how many of the ascending `cut_offs` the score reaches, and `below` more, by halving."""
    if not cut_offs:
        return str(below)
    middle = len(cut_offs) // 2
    above, under = _band(cut_offs[middle + 1 :], below + middle + 1), _band(cut_offs[:middle], below)
    return f"case when score >= {cut_offs[middle]!r} then {above} else {under} end"
