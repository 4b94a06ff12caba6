"""The plain script: the three libraries on pandas with their defaults, point values alone."""

import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import bench_data as data


def data_quality(paths: dict[str, Path]) -> Any:
    """Great Expectations on a pandas frame."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    import great_expectations as gx
    import pandas as pd
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    yield
    frame = pd.read_parquet(paths["cohort"])
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = context.data_sources.pandas_default.read_dataframe(frame)
    entries = [ExpectationConfiguration(type=one["type"], kwargs=one["kwargs"]) for one in data.suite()["expectations"]]
    suite = gx.ExpectationSuite(name="speed", expectations=[entry.to_domain_obj() for entry in entries])
    yield batch.validate(suite).statistics


def drift(paths: dict[str, Path]) -> Any:
    """Evidently's preset with its HTML."""
    warnings.simplefilter("ignore")
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    yield
    columns = [*data.NUMBERS, *data.CATEGORIES, data.SCORE, data.LABEL]
    definition = DataDefinition(
        numerical_columns=[*data.NUMBERS, data.SCORE], categorical_columns=[*data.CATEGORIES, data.LABEL]
    )
    now, then = (
        Dataset.from_pandas(pd.read_parquet(paths[side], columns=columns), data_definition=definition)
        for side in ("cohort", "reference")
    )
    snapshot = Report([DataDriftPreset()]).run(now, then)
    yield len(snapshot.get_html_str(as_iframe=False)), len(json.dumps(snapshot.dict(), default=str))


def fairness(paths: dict[str, Path]) -> Any:
    """Fairlearn's MetricFrame for each attribute, with the differences and ratios that it names."""
    warnings.simplefilter("ignore")
    import pandas as pd
    from fairlearn import metrics
    from sklearn.metrics import precision_score

    yield
    names = [one.column for one in data.ATTRIBUTES]
    frame = pd.read_parquet(paths["cohort"], columns=[*names, data.LABEL, data.SCORE])
    rates = {
        "selection_rate": metrics.selection_rate,
        "true_positive_rate": metrics.true_positive_rate,
        "false_positive_rate": metrics.false_positive_rate,
        "precision": precision_score,
    }
    came, given = 1 - frame[data.LABEL], (frame[data.SCORE] < data.CUT_OFF).astype(int)
    found = {}
    pairs = [[one, other] for place, one in enumerate(names) for other in names[place + 1 :]]
    for attributes in [*([name] for name in names), *pairs]:
        sensitive = frame[attributes]
        table = metrics.MetricFrame(metrics=rates, y_true=came, y_pred=given, sensitive_features=sensitive)
        found["*".join(attributes)] = [table.by_group, table.difference(), table.ratio()]
    yield len(found)


DIMENSIONS = {"data quality": data_quality, "drift": drift, "fairness": fairness}
