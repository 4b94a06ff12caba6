"""The order, the tasks and the reasons that every output shares."""

from tests.report.conftest import SAMPLES, Sample

from hallmark.policy.appetite import Status
from hallmark.policy.control import Severity
from hallmark.report.view import View, view_of


def view(name: str) -> View:
    sample = SAMPLES[name]()
    return view_of(sample.certification, sample.profile, sample.observations)


def test_no_finding_is_lost_and_the_worst_comes_first(sample: Sample) -> None:
    shown = view_of(sample.certification, sample.profile, sample.observations)
    verdict = sample.certification.verdict
    assert sorted(map(id, shown.findings)) == sorted(map(id, verdict.findings))
    ranks = [(-one.effect.weight, -list(Severity).index(one.expected.severity)) for one in shown.findings]
    assert ranks == sorted(ranks)
    assert sorted(id(one) for part in shown.dimensions for one in part.findings) == sorted(map(id, verdict.findings))


def test_within_one_severity_the_smallest_margin_comes_first() -> None:
    margins = [one.margin for one in view("spotless").findings if one.expected.severity is Severity.HIGH]
    assert margins == sorted(margin for margin in margins if margin is not None)


def test_the_order_does_not_depend_on_the_order_in_the_pack() -> None:
    first, second = view("two-hundred"), view("two-hundred")
    assert first == second


def test_all_five_statuses_occur_in_the_sample_of_that_name() -> None:
    assert all(count for _, count in view("five-statuses").counts)


def test_there_is_one_task_for_each_control_that_is_not_satisfied(sample: Sample) -> None:
    shown = view_of(sample.certification, sample.profile, sample.observations)
    findings = sample.certification.verdict.findings
    open_ = {f"{one.expected.policy}/{one.expected.control}" for one in findings if one.status is not Status.SATISFIED}
    tasks = [task.control for task in shown.tasks if task.control != "no-standard"]
    assert sorted(tasks) == sorted(open_)


def test_a_condition_is_shown_with_its_date_and_missing_data_with_their_number() -> None:
    tasks = {task.control: task for task in view("conditional").tasks}
    assert tasks["lending/D-1"].due is not None
    assert tasks["lending/F-1"].sentence.startswith("Assess on at least ")
    assert tasks["lending/F-1"].sentence.endswith("Mend what F-1 found.")


def test_a_standard_that_is_missing_is_something_to_do() -> None:
    assert [task.control for task in view("no-standard").tasks] == ["no-standard"]


def test_what_was_not_judged_has_its_reason() -> None:
    reasons = {one.observation.key.measure: one.because for one in view("five-statuses").unjudged}
    assert reasons == {
        "drift.evidently_wasserstein": "one missing-code destroys it; shown beside D and never judged",
        "performance.unheard_of": "not in the register of measures",
    }
    twice = view("delivered-twice").unjudged
    assert [one.because for one in twice] == ["delivered 2 times: it is not known which one holds"] * 2


def test_a_control_that_was_left_out_is_shown_with_the_reason() -> None:
    assert [(one.control, one.because) for one in view("spotless").removed] == [
        ("lending/A-2", "not part of the initial phase")
    ]
