"""Evidence of the hand-made packs, in the shapes in which the assessors write it; every test of them may break it."""

from typing import Any


def _estimate(value: float, half: float) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half}


def _tally(rows: int, favourable: int, earned: int, favourable_earned: int) -> dict[str, Any]:
    unearned = rows - earned
    return {
        "rows": rows,
        "favourable": favourable,
        "earned": earned,
        "unearned": unearned,
        "favourable_earned": favourable_earned,
        "favourable_unearned": favourable - favourable_earned,
    }


def _data_quality() -> dict[str, Any]:
    return {
        "rows": 12000,
        "training_rows": 18000,
        "split": {
            "split": "holdout: later than the training data, keys in common",
            "rows_with_a_key_of_the_training_data": 17,
            "as_of": "2005-07-31",
            "training_as_of": "2005-06-30",
            "label_kind": "observed",
            "label_source": "the books of the issuer",
            "unlabelled": 3,
        },
        "features": {
            "paid": {"unseen": 5, "values": 11990, "positive": 9, "negative": 9},
            "used": {"unseen": 0, "values": 12000, "positive": 9, "negative": 9},
            "limit": {},
        },
        "groups": {"age": {"young": {"rows": 7200, "training_rows": 10001}, "old": {"rows": None}}},
        "expectations": [
            {"type": "to_be_set", "columns": ["paid"], "problem": "", "tested": 12000, "unexpected": 0},
            {"type": "to_be_small", "columns": ["used"], "problem": "", "tested": 12000, "unexpected": 2},
        ],
    }


def _drift() -> dict[str, Any]:
    return {
        "features": {
            "limit": {"cohort": {"rows": 100, "nulls": 25}, "reference": {"rows": 200, "nulls": 0}},
            "paid": {"cohort": {"rows": 100, "nulls": 0}, "reference": {"rows": 200, "nulls": 0}},
            "used": {"reason": "all values in the cohort are null"},
        }
    }


def _fairness() -> dict[str, Any]:
    hidden = dict.fromkeys(_tally(9, 1, 1, 1)) | {"rows": 40, "few": ["favourable"]}
    return {
        "smallest_cell": 5,
        "cut_off": 0.2,
        "attributes": {
            "age": {
                "reference": "old",
                "sha256": "a" * 64,
                "scores": {
                    "old": [[0.0, 0.2, 4000], [0.2, 1.0, 760]],
                    "young": [[0.0, 0.1, 5400], [0.1, 0.9, 0], [0.9, 1.0, 1800]],
                    "very young": [],
                },
                "groups": {"old": _tally(4760, 4000, 3000, 2700), "young": _tally(7200, 5400, 6000, 5100)}
                | {"very young": hidden},
                "below_2_percent": {"very young": 40},
                "rows_without_group": {"rows": 11, "favourable": 6},
                "rows_of_undeclared_groups": {"rows": 0, "favourable": 0},
            }
        },
    }


def _effect(rate: float, ratio: float) -> dict[str, Any]:
    group = {
        "selection_rate_ratio": _estimate(ratio, 0.01),
        "true_positive_rate_difference": _estimate(0.02, 0.01),
        "false_positive_rate_difference": {"value": None, "low": None, "high": None, "reason": "nobody is left"},
    }
    return {
        "selection_rate": _estimate(rate, 0.01),
        "true_positive_rate": _estimate(0.9, 0.01),
        "false_positive_rate": _estimate(0.3, 0.01),
        "groups": {"young": group},
    }


def _cut_offs() -> dict[str, Any]:
    sweep = [
        {"cut_off": 0.2, **_effect(0.8, 0.7)},
        {"cut_off": 0.4, **_effect(0.9, 0.805)},
        {"cut_off": 0.6, **_effect(0.95, 0.75)},
    ]
    mixed = {"chance_of_first": 0.75, "first": 0.31, "second": "everybody"}
    return {
        "age": {
            "reference": "old",
            "cut_off_in_force": 0.2,
            "sweep": sweep,
            "best_ratio": {"cut_off": 0.4, "ratio": 0.805, "selection_rate": _estimate(0.9, 0.01)},
            "cut_offs_by_group": {
                "method": "optimizer 1.0 on the reference data",
                "cut_offs": {"old": mixed, "young": mixed},
                "effect": _effect(0.97, 0.99),
                "best_ratio": 0.99,
            },
        }
    }


def _try(**more: Any) -> dict[str, Any]:
    group = {name: _estimate(0.031, 0.01) for name in ("selection_rate_ratio", "calibration_within_group")}
    group |= {"true_positive_rate_difference": {"reason": "young has no row that the rate is about"}}
    return {
        "change": {"auc": _estimate(-0.062, 0.01), "brier": _estimate(0.01, 0.002)},
        "groups": {"age": {"young": group}},
    } | more


def _refits() -> dict[str, Any]:
    paid = _try(
        name="without paid",
        feature="paid",
        because="moved",
        amount=0.068,
        says="It helps against drift of the scores: less; the AUC loses: much.",
    )
    newer = _try(name="fitted on newer rows too", feature="", because="newer", says="Not shown to help against drift.")
    whole = _try(name="one intercept for all", attribute="", says="It does not help: nothing would change.")
    return {
        "refits": {
            "method": "a forest",
            "seed": 7,
            "fitted_on": 6000,
            "measured_on": 5999,
            "stand_in": {"auc": _estimate(0.79, 0.01)},
            "tries": [paid, newer],
        },
        "intercepts": {"measured_on": 5999, "seed": 7, "tries": [whole]},
    }


_CELLS = {"true_positive": 1200, "false_positive": 640, "false_negative": 540, "true_negative": 9617}


def _recalibration() -> dict[str, Any]:
    measured = {
        "calibration_in_the_large": _estimate(0.05, 0.01),
        "calibration_slope": _estimate(1.0, 0.1),
        "brier": _estimate(0.07, 0.01),
        "auc": _estimate(0.8, 0.01),
        "at_cut_off": _CELLS,
    }
    helps = {"brier_change": _estimate(-0.0123, 0.001), "says": "It helps: the Brier score falls."}
    return {
        "fitted_on": 5998,
        "measured_on": 5999,
        "seed": 77,
        "as_it_is": measured,
        "intercept": {**measured, "intercept": 0.1, "slope": 1, **helps},
        "intercept_and_slope": {"reason": "the fit does not settle"},
    }


def _performance() -> dict[str, Any]:
    sweep = [(0.1, 3000, 0.25, 0.9, 0.5), (0.2, 1840, 0.1533, 0.6897, 0.6522), (0.9, 0, 0.0, 0.0, None)]
    names = ("cut_off", "rows", "selection_rate", "true_positive_rate", "precision")
    return {
        "rows": 12000,
        "n": 11997,
        "cohort": {"rows": 11997, "positives": 1740, "mean_score": 0.151},
        "training": {"rows": 18000, "positives": 2550, "mean_score": 0.1413},
        "segments": [{"segment": "region", "group": "north", "rows": 500, "positives": 100, "mean_score": 0.2}],
        "cut_off": {"cut_off": 0.2, **_CELLS},
        "calibration": [
            {"rows": 6000, "positives": 120, "mean_score": 0.0312},
            {"rows": 5997, "positives": 1620, "mean_score": 0.2511},
        ],
        "sweep": [dict(zip(names, row, strict=True)) for row in sweep],
    }


def regression() -> dict[str, Any]:
    """What a forecast of a number leaves."""
    decile = {"rows": 50, "mean_forecast": 120.5, "mean_error": -13.25, "mean_absolute_error": 21.75}
    beyond = {"rows": 50, "mean_forecast": 1e290, "mean_error": None, "mean_absolute_error": None}
    return {"performance.json": {"rows": 100, "errors_by_forecast": [decile, beyond]}, "drift.json": _drift()}


def binary() -> dict[str, Any]:
    """What the four dimensions leave of a classifier, by name, before it is written."""
    return {
        "data_quality.json": _data_quality(),
        "drift.json": _drift(),
        "fairness.json": _fairness(),
        "remedies_cut_offs.json": _cut_offs(),
        "performance.json": _performance(),
        "remedies_refits.json": _refits(),
        "remedies_recalibration.json": _recalibration(),
    }
