"""The measures of data quality."""

from functools import partial

from hallmark.measures.measure import SHARE, YES, Better, Kind, Measure, Spread, Task

_GX = "Great Expectations, by the expectations of the suite that carry this measure"
_TRAINING, _MANIFEST = "counts against the training data", "manifest"

_UNCERTAIN = (
    "clean labels read 0.02 where outcomes are certain, 0.16 at a least possible error of 0.21 and 0.41 at 0.28, so no "
    "bound is honest; even the change from one clean sample to another is within its limits in 72 % only"
)

fact = partial(Measure, kind=Kind.FACT, better=Better.HIGHER, low=0.0, high=1.0, expect=1.0)
fault = partial(Measure, kind=Kind.FACT, better=Better.LOWER, low=0.0, high=1.0, expect=0.0)
sample = partial(Measure, kind=Kind.SAMPLE)

DATA_QUALITY = (
    fault(name="data_quality.overlap", title="rows whose key is in the training data", unit=SHARE, source=_TRAINING),
    fact(
        name="data_quality.out_of_time", title="the data are later than the training data", unit=YES, source=_MANIFEST
    ),
    sample(
        name="data_quality.single_feature_auc",
        title="area under the ROC curve of one feature alone",
        says="{feature} alone: the area under the ROC curve is",
        unit=SHARE,
        better=Better.LOWER,
        low=0.5,
        high=1.0,
        expect=0.5,
        spread=Spread.FEATURES,
        tasks=(Task.BINARY,),
        counts="rows of the smaller class",
        source="Mann-Whitney, folded at 0.5; categories in the order of their rate in the training data",
        interval="DeLong 1988 on the logit scale",
    ),
    fact(
        name="data_quality.label_observed",
        title="the label is something that was seen",
        unit=YES,
        source=_MANIFEST,
        gate=False,
        note="which truth is good enough for a purpose is for people to say; the manifest declares it",
    ),
    fact(
        name="data_quality.label_known",
        title="labels that the training data have too",
        unit=SHARE,
        tasks=(Task.BINARY, Task.MULTICLASS),
        source=_TRAINING,
    ),
    fact(
        name="data_quality.label_declared",
        title="labels that are one of the declared classes",
        unit=SHARE,
        tasks=(Task.MULTICLASS,),
        source="counts",
    ),
    fault(name="data_quality.unlabelled", title="rows without a label", unit=SHARE, source="counts"),
    sample(
        name="data_quality.label_noise",
        title="labels that a model which never saw them contradicts",
        says="labels that a model which never saw them contradicts are a share of",
        unit=SHARE,
        better=Better.LOWER,
        low=0.0,
        high=1.0,
        tasks=(Task.BINARY,),
        counts="labelled rows of the sample",
        source="cleanlab, off the diagonal of the confident joint (Northcutt, Jiang and Chuang 2021)",
        interval="Wilson 1927, too narrow where outcomes are uncertain",
        gate=False,
        note=f"it cannot tell a wrong label from an uncertain outcome: {_UNCERTAIN}",
    ),
    sample(
        name="data_quality.label_noise_difference",
        title="labels that a model which never saw them contradicts, group minus reference group",
        says="{group} against {reference}: shares of contradicted labels differ by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        spread=Spread.ATTRIBUTES,
        tasks=(Task.BINARY,),
        counts="labelled rows of the group in the sample",
        source="cleanlab, off the diagonal of the confident joint of each group, thresholds of all rows",
        interval="Newcombe 1998, too narrow where outcomes are uncertain",
        gate=False,
        note="where the outcomes of one group are harder to tell it differs though no label is wrong",
    ),
    fact(name="data_quality.completeness", title="cells filled", unit=SHARE, source=_GX),
    fact(
        name="data_quality.validity",
        title="values of the feature that have their declared type, range and set",
        says="{feature}: the share of values of declared type, range and set is",
        unit=SHARE,
        spread=Spread.FEATURES,
        source=f"{_GX}; of several about one feature the one that is broken most",
    ),
    fact(
        name="data_quality.record_validity",
        title="values of declared type, range and set beside the features: key, label, groups, the set of columns",
        unit=SHARE,
        source="Great Expectations, by the expectation of validity about no feature that is broken most",
    ),
    fact(name="data_quality.uniqueness", title="rows with a key of their own", unit=SHARE, source=_GX),
    fact(name="data_quality.consistency", title="rows whose columns agree with each other", unit=SHARE, source=_GX),
    fact(name="data_quality.groups_declared", title="rows whose groups are all declared", unit=SHARE, source="counts"),
    fact(name="data_quality.groups_present", title="declared groups that have rows", unit=SHARE, source="counts"),
    sample(
        name="data_quality.representation_ratio",
        title="share of the group in the data over its share in the training data",
        says="{group} (reference group {reference}): the share in the data over that in the training data is",
        unit="ratio",
        better=Better.PARITY,
        low=0.0,
        high=None,
        expect=1.0,
        ratio=True,
        spread=Spread.ATTRIBUTES,
        counts="rows with a declared group",
        source="counts of rows with a declared group",
        interval="Koopman 1984",
    ),
    sample(
        name="data_quality.missingness_difference",
        title="rows with a gap in a feature, group minus reference group",
        says="{group} against {reference}: rows with a gap in a feature differ by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        spread=Spread.ATTRIBUTES,
        counts="rows of the group",
        source="counts; a feature without any value is left out, since it would hide the others",
        interval="Newcombe 1998",
    ),
    fault(
        name="data_quality.unseen",
        title="values that the training data never showed",
        says="{feature}: the share of values that the training data never showed is",
        unit=SHARE,
        spread=Spread.FEATURES,
        source="counts: a category absent there, or a number outside its range there",
    ),
    fact(
        name="data_quality.varies",
        title="the feature has more than one value",
        says="{feature} has more than one value:",
        unit=YES,
        spread=Spread.FEATURES,
        source="counts",
    ),
    fact(
        name="data_quality.not_identifying",
        title="the feature is no identifier of the row",
        says="{feature} is no identifier of the row:",
        unit=YES,
        spread=Spread.FEATURES,
        source="counts: the key itself, texts that never repeat, or a dense series of whole numbers that never repeats",
    ),
)
"""In the order in which they are shown: first whether the data are evidence at all."""
