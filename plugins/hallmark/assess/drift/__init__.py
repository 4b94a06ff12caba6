"""Drift: how far features, scores, outcomes and what the model knows have moved from the reference data."""

from hallmark.assess.drift.assessor import assess

__all__ = ["assess"]
