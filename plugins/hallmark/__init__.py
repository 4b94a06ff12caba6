"""Hallmark certifies machine-learning models: measures, judges by a published rule, and seals the evidence."""

__version__ = "0.1.0"
