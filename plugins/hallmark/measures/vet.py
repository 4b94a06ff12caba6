"""The facts that are known before anything is loaded."""

from functools import partial

from hallmark.measures.measure import YES, Better, Kind, Measure

_VET, _SHA, _MAN = "artifact inspection", "SHA-256", "manifest"

fact = partial(Measure, kind=Kind.FACT, better=Better.HIGHER, low=0.0, high=1.0, expect=1.0)

VET = (
    fact(name="vet.artifact_safe", title="the artifact holds nothing outside the allow-list", unit=YES, source=_VET),
    fact(name="vet.artifact_matches", title="the artifact has its declared digest", unit=YES, source=_SHA),
    fact(name="vet.data_matches", title="every dataset has its declared digest", unit=YES, source=_SHA),
    fact(name="vet.provenance", title="origin, licence and collection of the data are declared", unit=YES, source=_MAN),
    fact(name="vet.consent", title="a basis for the processing is declared and in force", unit=YES, source=_MAN),
    fact(name="vet.retention", title="a rule for keeping the data is declared and in force", unit=YES, source=_MAN),
)
"""In the order in which they are shown."""
