"""The facts about the process."""

from functools import partial

from hallmark.measures.measure import YES, Better, Kind, Measure

fact = partial(Measure, kind=Kind.FACT, better=Better.HIGHER, low=0.0, high=1.0, expect=1.0)

PROCESS = (
    fact(name="process.completed", title="the process ran to its gate", unit=YES, source="gate and sweeper"),
    fact(name="process.steps_agree", title="no step was signed twice with different products", unit=YES, source="gate"),
)
"""In the order in which they are shown."""
