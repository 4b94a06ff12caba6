"""Which series a number rests on, and how many rows of one dataset count as one in the series that follows furthest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.blocks.inflation import inflation, inflations_within
from hallmark.assess.blocks.series import Parts, gaps, in_order, masks, of_feature, of_model
from hallmark.assess.dataset import Dataset
from hallmark.measures import MEASURES, Spread
from hallmark.policy.expected import Key
from hallmark.policy.groups import CROSS, attribute_of

_LEARNT = frozenset(
    {
        "drift.domain_auc",
        "fairness.proxy_auc",
        "data_quality.label_noise",
        "data_quality.label_noise_difference",
    }
)
"""What a model says that was fitted on all features."""

_WEIGHT, _GAPS = "data_quality.representation_ratio", "data_quality.missingness_difference"
"""What counts rows of a group, and gaps there; no outcome and no score."""


@dataclass(frozen=True, kw_only=True)
class Serial:
    """One dataset in the order of its file."""

    data: Dataset
    _features: dict[str, float] = field(default_factory=dict)
    _within: dict[tuple[str, ...], Mapping[str, float]] = field(default_factory=dict)

    def of(self, key: Key) -> float:
        """The most that a series needs which the number at `key` rests on; infinite where nobody can tell.

        Of a feature its values and its gaps; of anything else score, outcome, their difference and its size, and on top
        of these all features, the challenger's score, and membership of the groups with the same series within them.
        """
        if key.feature:
            return self._feature(key.feature)
        manifest, measure = self.data.manifest, MEASURES[key.measure]
        needs = [self._model]
        if key.measure in _LEARNT:
            needs += [self._feature(feature) for feature in manifest.features]
        if key.measure == _GAPS:
            needs.append(inflation(self._gaps))
        if measure.challenger and manifest.challenger is not None:
            needs.append(self._feature(manifest.challenger))
        if measure.spread in (Spread.ATTRIBUTES, Spread.SEGMENTS):
            needs += self._groups(key, measure.spread)
        return max(needs)

    @cached_property
    def _columns(self) -> list[NDArray[Any]]:
        return in_order(self.data)

    @cached_property
    def _gaps(self) -> Floats:
        # As in the measure: a feature without any value would hide every other.
        missing = self.data.missing()
        return gaps(self.data, [one for one in self.data.manifest.features if missing[one] < self.data.rows])

    @cached_property
    def _model(self) -> float:
        return _most(of_model(self._columns, self.data.manifest))

    def _feature(self, name: str) -> float:
        if name not in self._features:
            self._features[name] = _most(of_feature(self.data, name))
        return self._features[name]

    def _groups(self, key: Key, spread: Spread) -> Iterable[float]:
        """The needs of a group, and of the reference group that it is compared with."""
        parts, reference = self._declared(key.attribute, spread)
        if not parts:
            return [inf]
        what = key.measure if key.measure in (_WEIGHT, _GAPS) else ""
        seen = spread.value, key.attribute, what
        if seen not in self._within:
            self._within[seen] = self._needs(masks(self.data, parts, reference), what)
        within = self._within[seen]
        return [within.get(key.group, inf), *([within[reference]] if reference else [])]

    def _declared(self, name: str, spread: Spread) -> tuple[Parts, str]:
        """The columns of an attribute, a crossing or a segment with their groups, and the reference group if any."""
        manifest = self.data.manifest
        if spread is Spread.SEGMENTS:
            return [(one.column, one.groups) for one in manifest.segments if one.name == name], ""
        attribute, declared = attribute_of(manifest, name), {one.name: one for one in manifest.attributes}
        if attribute is None:
            return [], ""
        return [(declared[part].column, declared[part].groups) for part in name.split(CROSS)], attribute.reference

    def _needs(self, groups: Mapping[str, Mask], what: str) -> Mapping[str, float]:
        needs = {name: inflation(rows.astype(np.float64)) for name, rows in groups.items()}
        inside = {_WEIGHT: (), _GAPS: (self._gaps,)}.get(what)
        for series in of_model(self._columns, self.data.manifest) if inside is None else inside:
            for name, need in zip(groups, inflations_within(series, groups.values()), strict=True):
                needs[name] = max(needs[name], need)
        return needs


def _most(series: Iterable[Floats]) -> float:
    return max((inflation(one) for one in series), default=1.0)
