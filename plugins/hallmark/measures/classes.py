"""The measures of a multiclass model: what its predicted classes are worth, over all classes alike and one by one."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure, Spread, Task

share = partial(
    Measure,
    kind=Kind.SAMPLE,
    tasks=(Task.MULTICLASS,),
    unit=SHARE,
    better=Better.HIGHER,
    low=0.0,
    high=1.0,
    source="confusion counts of the declared classes",
)

_WILSON = "Wilson 1927"
_DELTA = "delta method on the logit scale; at 0 and 1 Wilson 1927 with the rows of the smallest class"

CLASSES = (
    share(
        name="performance.balanced_accuracy",
        title="mean over the classes of the share of their rows that is found",
        says="of an average class the model finds",
        counts="rows with a label",
        interval=_DELTA,
    ),
    share(
        name="performance.macro_f1",
        title="mean over the classes of the harmonic mean of recall and precision",
        says="the mean F1 of the classes is",
        counts="rows with a label",
        interval=_DELTA,
    ),
    share(
        name="performance.class_recall",
        title="rows of the class that the model finds",
        says="{group}: of the rows of this class the model finds a share of",
        counts="rows of the class",
        spread=Spread.CLASSES,
        interval=_WILSON,
    ),
    share(
        name="performance.class_precision",
        title="rows predicted to be of the class that are",
        says="{group}: predictions of this class are right in a share of",
        counts="rows predicted to be of the class",
        spread=Spread.CLASSES,
        interval=_WILSON,
    ),
)
"""In the order in which they are shown; a class without a row leaves the means over all classes without a number."""
