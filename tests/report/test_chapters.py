"""The evidence behind the findings: each chapter with its numbers, and what is broken said and never raised."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.conftest import CASE, HOSTILE, SAMPLES, Sample, certified
from tests.report.evidence import binary, regression
from tests.report.test_html import Page, words

from hallmark.evidence.canonical import encode
from hallmark.measures import MEASURES, Task
from hallmark.policy.expected import Key
from hallmark.report.chapters.tried import TRIED
from hallmark.report.html import render
from hallmark.verdict.observation import Observation

CHAPTERS = ("valid", "outcomes", "fairness", "drift", "tried")
SAMPLE = SAMPLES["five-statuses"]()


def fact(measure: str, value: float | None, half: float = 0.01, **key: str) -> Observation:
    interval = {} if value is None else {"low": value - half, "high": value + half, "n": 9}
    return Observation(key=Key(measure=measure, **key), value=value, method="m", tool="t", **interval)  # type: ignore[arg-type]


MORE = (
    fact("performance.auc_drop", 0.0125),
    fact("data_quality.single_feature_auc", 0.61, feature="used"),
    fact("data_quality.single_feature_auc", 0.8367, feature="paid"),
    fact("data_quality.label_noise", 0.0612),
    fact("data_quality.label_noise_difference", 0.0123, attribute="age", group="young"),
    fact("data_quality.label_noise_difference", -0.0361, attribute="age", group="very young"),
    fact("data_quality.label_noise_difference", None, attribute="age", group="youngest"),
    fact("data_quality.representation_ratio", 1.0321, attribute="age", group="young"),
    fact("performance.segment_auc", 0.7654, attribute="region", group="north"),
    fact("drift.domain_auc", 0.5987),
    fact("performance.mae", 44.3561),
)


def page_of(evidence: Mapping[str, Any], sample: Sample = SAMPLE) -> str:
    seen = (*sample.observations, *MORE)
    return render(sample.certification, sample.profile, seen, evidence=written(evidence)).decode()


def written(evidence: Mapping[str, Any]) -> dict[str, bytes]:
    return {name: blob if isinstance(blob, bytes) else encode(blob) for name, blob in evidence.items()}


def chapter(page: str, anchor: str) -> str:
    found = re.search(rf'<section>\s*<h2 id="{anchor}">.*?</section>', page, re.DOTALL)
    assert found is not None
    return words(Page(found[0]).text)


@pytest.mark.parametrize(
    ("anchor", "said"),
    [
        ("valid", "holdout: later than the training data, keys in common; 12,000 rows, 18,000 in training"),
        ("valid", "17 of 12,000 rows have a training key"),
        ("valid", "data of 2005-07-31, training data of 2005-06-30"),
        ("valid", "observed: the books of the issuer"),
        ("valid", "3 of 12,000 rows have none"),
        ("valid", "of 2: paid, 0.837 [0.827, 0.847]"),
        (
            "valid",
            "Do the features contradict labels? a share of 0.061 [0.051, 0.071] among 9 labels, by a model that never",
        ),
        (
            "valid",
            "furthest apart, of 2 measured of 3 groups: very young (age) less its reference, -0.036 [-0.046, -0.026]",
        ),
        ("valid", "A label that is contradicted may be wrong, or its outcome was uncertain"),
        ("valid", "5 of 23,990 values of 2 of 3 features were never in the training data; most in paid, 5 of 11,990"),
        ("valid", "1 of 2 expectations without exception: to_be_small on used"),
        ("valid", "young (age) 7,200 10,001 1.032 [1.022, 1.042]"),
        ("outcomes", "this cohort 11,997 1,740 (0.1450) 0.1510"),
        ("outcomes", "training minus cohort 0.013 [0.003, 0.022]"),
        ("outcomes", "0.0312 6,000 0.020 [0.017, 0.024] -0.011"),
        ("outcomes", "0.2 (in force) 1,840 0.153 0.690 0.652"),
        ("outcomes", "0.9 0 0.000 0.000 none"),
        ("outcomes", "1,200 true positive, 640 false positive, 540 false negative, 9,617 true negative"),
        ("outcomes", "north (region) 500 100 (0.2000) 0.2000 0.765 [0.755, 0.775] not measured"),
        ("fairness", "old 4,760 0.840 (4,000/4,760) 0.900 (2,700/3,000) 0.739 (1,300/1,760) 1, the reference"),
        ("fairness", "young 7,200 0.750 (5,400/7,200) 0.850 (5,100/6,000) 0.250 (300/1,200) 1.010 [0.970, 1.050]"),
        ("fairness", "very young 40 fewer than 5 of 40 not told not told 0.980"),
        (
            "fairness",
            "fewer than 5 people stay out of this table, and so do those that would give them away; the digest",
        ),
        ("fairness", "old 4,760 0 to 0.2: 4,000; 0.2 to 1: 760"),
        ("fairness", "very young none, or not told not shown"),
        ("fairness", "0.2 (in force) 0.700 [0.690, 0.710]"),
        ("fairness", "Shaded is what the control allows, 0.8 to 1.25."),
        ("fairness", "Below 2 % of the rows: very young (40)."),
        ("fairness", "Rows without group: 11."),
        ("drift", "paid 0.068 [0.051, 0.085] 0.0000 to 0.0000 (+0.0000)"),
        ("drift", "limit 0.005 [-0.005, 0.015] 0.0000 to 0.2500 (+0.2500)"),
        ("drift", "used 0.047 [0.030, 0.064] all values in the cohort are null"),
        ("drift", "0.599 [0.589, 0.609]"),
        ("tried", "By intercept: it helps: the Brier score falls."),
        ("tried", "change of the Brier score no change -0.01230 [-0.01330, -0.01130] the fit does not settle"),
        ("tried", "As it is: does not hold 0.8 to 1.25; outside it: young at 0.700."),
        (
            "tried",
            "Best single cut-off: every group is inside 0.8 to 1.25, but the interval of young reaches beyond it",
        ),
        ("tried", "Cut-offs by group: every group is inside 0.8 to 1.25 with its whole interval; it would move"),
        ("tried", "favourable decisions 0.800 to 0.970"),
        ("tried", "old 0.31 with chance 0.75, else everybody"),
        ("tried", "young: false positive rate, difference nobody is left"),
        ("tried", "Without paid (moved by 0.068): it helps against drift of the scores: less; the AUC loses: much."),
        ("tried", "Fitted on newer rows too: not shown to help against drift."),
        ("tried", "AUC 0.790 [0.780, 0.800] -0.062 [-0.072, -0.052] -0.062 [-0.072, -0.052]"),
        ("tried", "young (age): ratio +0.031 [0.021, 0.041] +0.031 [0.021, 0.041]"),
        ("tried", "young (age): true positive rate, difference young has no row that the rate is about"),
        ("tried", "young (age): false positive rate, difference not tried"),
        ("tried", "One intercept for all: it does not help: nothing would change."),
    ],
)
def test_a_chapter_says(anchor: str, said: str) -> None:
    assert said in chapter(page_of(binary()), anchor)


def test_the_in_sample_area_is_that_of_the_cohort_and_the_drop() -> None:
    text = chapter(page_of(binary(), SAMPLES["conditional"]()), "outcomes")
    assert "0.800 [0.790, 0.810]" in text and "training data 18,000 2,550 (0.1417) 0.1413 0.812" in text


def test_label_noise_is_shown_and_never_judged() -> None:
    """Beside a column of findings stands in words that no control asks."""
    text = chapter(page_of(binary()), "valid")
    for answer in (" never saw their rows not judged", "[-0.046, -0.026] not judged"):
        assert answer in text
    controls = SAMPLE.profile.expected
    assert not [one for one in controls if one.key.measure.startswith("data_quality.label_noise")]


def test_label_noise_without_a_number_says_why() -> None:
    reason = "7 rows of one class among 40 labelled ones: 20 needed"
    keys = (
        Key(measure="data_quality.label_noise"),
        Key(measure="data_quality.label_noise_difference", attribute="age", group="young"),
    )
    seen = [Observation(key=key, value=None, method="m", tool="t", reason=reason) for key in keys]
    page = render(SAMPLE.certification, SAMPLE.profile, seen, evidence=written(binary())).decode()
    assert chapter(page, "valid").count(f"not measured: {reason} not judged") == 2


def test_without_a_binary_label_nothing_is_said_of_label_noise() -> None:
    page = render(SAMPLE.certification, SAMPLE.profile, SAMPLE.observations, evidence=written(binary()))
    text = chapter(page.decode(), "valid")
    assert "Has every row a label?" in text
    assert "contradict" not in text


def test_features_stand_in_the_order_of_their_distance() -> None:
    text = chapter(page_of(binary()), "drift")
    assert text.index("paid 0.068") < text.index("used 0.047") < text.index("limit 0.005")


def test_a_regression_has_errors_and_no_decisions() -> None:
    page = page_of(regression())
    assert "1 50 120.5 -13.25 21.75" in chapter(page, "outcomes")
    assert "2 50 1e+290 beyond a float beyond a float" in chapter(page, "outcomes")
    assert "44.356 [44.346, 44.366]" in chapter(page, "outcomes")
    assert "decides nothing, so no decision can be compared" in chapter(page, "fairness")
    assert "this model has no cut-off" in chapter(page, "tried")


def test_without_evidence_every_chapter_says_what_is_missing_and_why() -> None:
    page = page_of({})
    for anchor, name in zip(
        CHAPTERS, ("data_quality", "performance", "fairness", "drift", "remedies_cut_offs"), strict=True
    ):
        assert f"no signed step of this case delivered {name}.json" in chapter(page, anchor)
        assert "cannot be read" not in chapter(page, anchor)


def test_what_to_do_leads_to_the_try_where_the_finding_is_open() -> None:
    page = page_of(binary())
    todo = re.search(r'<h2 id="todo">.*?</section>', page, re.DOTALL)
    assert todo is not None and '<a href="#tried-1">Tried: Other cut-offs by age.</a>' in todo[0]
    spotless = page_of(binary(), SAMPLES["spotless"]())
    assert "Tried:" not in spotless and 'id="tried-1"' in spotless


def test_the_order_of_the_evidence_is_of_no_matter() -> None:
    evidence = binary()
    assert page_of(evidence) == page_of(dict(reversed(evidence.items())))


def test_charts_are_well_formed_and_say_in_words_what_they_are() -> None:
    drawn = re.findall(r"<svg class=\"chart.*?</svg>", page_of(binary()) + page_of(regression()), re.DOTALL)
    # Calibration, sweep, scores and ratio of one attribute, errors of the regression, and a bar for each feature.
    assert len(drawn) == 5 + 3 * 2
    for one in drawn:
        root = ElementTree.fromstring(one)
        assert root.get("aria-hidden") == "true" or root.findtext("title")
        numbers = re.findall(r'(?:d|cx|cy|x|y|x1|width)="([^"]*)"', one)
        assert numbers and not re.search("nan|inf", " ".join(numbers))
        assert not re.search(r"fill=|stroke=|style=|href", one)


def test_the_cut_off_in_force_is_marked_at_its_place() -> None:
    svg = next(one for one in re.findall(r"<svg.*?</svg>", page_of(binary()), re.DOTALL) if "cut-off 0.2" in one)
    mark = re.search(r'class="mark-line" d="M([0-9.]+) ', svg)
    assert mark is not None and float(mark[1]) == pytest.approx(44 + 0.2 * (408 - 44), abs=0.06)


@pytest.mark.parametrize(
    ("name", "blob", "anchor"),
    [
        ("data_quality.json", b"", "valid"),
        ("drift.json", b"[]", "drift"),
        ("fairness.json", b'{"smallest_cell":NaN}', "fairness"),
        ("performance.json", b"\xff\xfe", "outcomes"),
        ("remedies_cut_offs.json", b"[" * 100_000, "tried"),
        ("fairness.json", {"smallest_cell": 5, "attributes": [1]}, "fairness"),
        ("drift.json", {"features": {"paid": None}}, "drift"),
    ],
)
def test_broken_evidence_is_said_where_it_is_and_the_rest_stands(name: str, blob: object, anchor: str) -> None:
    page = page_of(binary() | {name: blob})
    assert "This cannot be read: " in chapter(page, anchor)
    # Other cut-offs are read by the chapter of fairness too.
    also = "fairness" if name == "remedies_cut_offs.json" else "tried"
    others = [one for one in CHAPTERS if one not in (anchor, also, "tried")]
    assert not [one for one in others if "cannot be read" in chapter(page, one)]


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from places(one, (*path, name))


BROKEN: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    7,
    0.5,
    1e308,
    -1e301,
    2**53 - 1,
    "",
    HOSTILE,
    [],
    {},
    [None],
    {"value": None},
    [[]],
)
PLACES = [path for path in places(binary()) if len(path) > 1]
NUMBERS = [path for path in places(regression()) if len(path) > 1]


def broken(evidence: dict[str, Any], path: tuple[Any, ...], value: object, *, drop: bool) -> dict[str, Any]:
    made = copy.deepcopy(evidence)
    at = made
    for name in path[:-1]:
        at = at[name]
    if drop:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return made


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(BROKEN), st.booleans())
def test_no_value_anywhere_stops_the_page_or_is_acted_on(path: tuple[Any, ...], value: object, drop: bool) -> None:
    page = page_of(broken(binary(), path, value, drop=drop))
    tags = Page(page).tags
    assert [one["id"] for _, one in tags if one.get("id") in CHAPTERS] == list(CHAPTERS)
    assert "<script" not in page and "\x1b" not in page and "\u202e" not in page
    anchors = {str(one["id"]) for _, one in tags if "id" in one}
    assert {str(one["href"])[1:] for _, one in tags if "href" in one} <= anchors


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(NUMBERS), st.sampled_from(BROKEN), st.booleans())
def test_nor_in_a_regression(path: tuple[Any, ...], value: object, drop: bool) -> None:
    Page(page_of(broken(regression(), path, value, drop=drop)))


def test_hostile_names_in_the_evidence_are_shown_and_never_acted_on() -> None:
    evidence = binary()
    evidence["drift.json"]["features"][HOSTILE] = evidence["drift.json"]["features"]["paid"]
    evidence["fairness.json"]["attributes"][HOSTILE] = evidence["fairness.json"]["attributes"]["age"]
    evidence["remedies_cut_offs.json"][HOSTILE] = evidence["remedies_cut_offs.json"]["age"]
    page = page_of(evidence)
    Page(page)
    assert page.count("&lt;script&gt;") >= 3 and "<script" not in page and "\x1b" not in page


@pytest.mark.parametrize(
    ("measure", "attribute", "link"),
    [
        ("performance.calibration_slope", "", "tried-recalibration"),
        ("fairness.calibration_within_group", "age", "tried-recalibration"),
        ("fairness.calibration_within_group", "age", "tried-groups"),
        ("fairness.calibration_difference", "age", "tried-groups"),
        ("fairness.precision_difference", "age", "tried-1"),
        ("fairness.proxy_auc", "age", "tried-refits"),
        ("drift.score_distance", "", "tried-refits"),
        ("drift.label_distance", "", "tried-recalibration"),
        ("data_quality.single_feature_auc", "", "tried-refits"),
    ],
)
def test_an_open_finding_leads_to_what_was_tried(measure: str, attribute: str, link: str) -> None:
    finding = next(
        one for one in SAMPLE.certification.verdict.findings if one.expected.key.measure == "performance.auc"
    )
    assert finding.status != "satisfied"
    moved = replace(
        finding,
        expected=replace(finding.expected, key=Key(measure=measure, attribute=attribute)),
        observation=None,
    )
    findings = (*(one for one in SAMPLE.certification.verdict.findings if one is not finding), moved)
    verdict = replace(SAMPLE.certification.verdict, findings=findings)
    sample = replace(SAMPLE, certification=replace(SAMPLE.certification, verdict=verdict))
    page = page_of(binary(), sample)
    assert f'<a href="#{link}">Tried: ' in page and f'<h3 id="{link}">' in page


def test_every_gated_measure_of_fairness_drift_and_calibration_has_a_way_out_that_is_tried() -> None:
    for name, measure in MEASURES.items():
        asked = measure.dimension in ("fairness", "drift") or "calibration" in name
        # Nothing is tried on classes, and the chapter says so.
        if measure.gate and asked and measure.tasks != (Task.MULTICLASS,):
            assert TRIED.get(name), name


def test_a_number_that_was_delivered_twice_is_none() -> None:
    sample = SAMPLES["delivered-twice"]()
    first, *rest = (one for one in sample.observations if one.key.feature == "paid")
    sample = replace(sample, observations=(replace(first, value=0.011), *rest))
    page = page_of(binary(), sample)
    assert "paid not measured" in chapter(page, "drift")


def test_an_empty_case_has_all_chapters() -> None:
    page = page_of({}, certified(SAMPLE.profile, ()))
    assert CASE in page and all(chapter(page, anchor) for anchor in CHAPTERS)
