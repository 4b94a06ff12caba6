"""The measures of data quality."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure

_GX = "Great Expectations, by the expectations of the suite that carry this measure"

fact = partial(Measure, kind=Kind.FACT, better=Better.HIGHER, low=0.0, high=1.0, expect=1.0)

DATA_QUALITY = (
    fact(name="data_quality.completeness", title="cells filled", unit=SHARE, source=_GX),
    fact(name="data_quality.validity", title="values of declared type, range and set", unit=SHARE, source=_GX),
    fact(name="data_quality.uniqueness", title="rows with a key of their own", unit=SHARE, source=_GX),
    fact(name="data_quality.consistency", title="rows whose columns agree with each other", unit=SHARE, source=_GX),
    fact(name="data_quality.groups_declared", title="rows whose groups are all declared", unit=SHARE, source="counts"),
    fact(name="data_quality.groups_present", title="declared groups that have rows", unit=SHARE, source="counts"),
)
"""In the order in which they are shown."""
