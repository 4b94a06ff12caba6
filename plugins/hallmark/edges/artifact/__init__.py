"""Model artifacts: what may be loaded at all, decided without loading, and the one door through which it is loaded."""

from hallmark.edges.artifact.allowed import ALLOWED
from hallmark.edges.artifact.door import Inspection, inspect, load

__all__ = ["ALLOWED", "Inspection", "inspect", "load"]
