"""The register of measures: every quantity that an assessor may report and a control may bound."""

from collections.abc import Mapping
from types import MappingProxyType

from hallmark.measures.data_quality import DATA_QUALITY
from hallmark.measures.drift import DRIFT
from hallmark.measures.fairness import FAIRNESS
from hallmark.measures.measure import Better, Kind, Measure, Spread, Task
from hallmark.measures.performance import PERFORMANCE
from hallmark.measures.process import PROCESS
from hallmark.measures.vet import VET

_ALL = (*PROCESS, *VET, *DATA_QUALITY, *DRIFT, *FAIRNESS, *PERFORMANCE)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every measure by name."""

__all__ = ["MEASURES", "Better", "Kind", "Measure", "Spread", "Task"]
