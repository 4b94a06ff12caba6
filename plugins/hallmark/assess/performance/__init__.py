"""Performance: how well scores rank, how well they say how likely, what the cut-off does; errors of a forecast."""

from hallmark.assess.performance.assessor import assess

__all__ = ["assess"]
