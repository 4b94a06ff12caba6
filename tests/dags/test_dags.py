"""The DAG files: names and arrows, nothing heavy, and one plugin file."""

import ast
from pathlib import Path
from typing import Any

import pytest

from hallmark.assess.registry import ASSESSED

REPO = Path(__file__).parents[2]
FILES = sorted((REPO / "dags").glob("*.py"))
MEASURING = ["data_quality", "drift", "fairness", "performance", "remedies"]
MARKS = ["certified", "conditional", "referred", "refused"]


def test_every_dag_file_parses_and_is_named_like_its_dag(parsed: Any) -> None:
    assert parsed["errors"] == {}
    assert (
        sorted(parsed["dags"])
        == sorted(file.stem for file in FILES)
        == [
            "certify_model",
            "recertify_due",
            "review_case",
        ]
    )


@pytest.mark.parametrize("dag", ["certify_model", "recertify_due", "review_case"])
def test_every_dag_has_tags_and_every_task_an_owner(parsed: Any, dag: str) -> None:
    read = parsed["dags"][dag]
    assert read["tags"] == sorted(["hallmark", "review" if dag == "review_case" else "certification"])
    assert {task["owner"] for task in read["tasks"].values()} == {"risk-team"}
    assert read["catchup"] is False


def test_a_certification_runs_in_the_order_of_the_design(parsed: Any) -> None:
    arrows = {name: task["down"] for name, task in parsed["dags"]["certify_model"]["tasks"].items()}
    assert arrows == {
        "open_case": ["vet"],
        "vet": ["score"],
        "score": MEASURING,
        **{dimension: ["gate"] for dimension in MEASURING},
        "gate": MARKS,
        **{mark: ["ask_people"] if mark == "referred" else [] for mark in MARKS},
        "ask_people": [],
    }
    assert sorted(dimension.name for dimension in ASSESSED) == MEASURING


def test_the_gate_alone_runs_whatever_happened_before(parsed: Any) -> None:
    tasks = parsed["dags"]["certify_model"]["tasks"]
    assert {name: task["rule"] for name, task in tasks.items() if task["rule"] != "all_success"} == {"gate": "all_done"}


def test_dimensions_are_grouped_and_verdicts_are_not(parsed: Any) -> None:
    tasks = parsed["dags"]["certify_model"]["tasks"]
    assert sorted(name for name, task in tasks.items() if task["group"]) == MEASURING
    assert [tasks[mark]["name"] for mark in MARKS] == ["Certified", "Conditional", "Referred", "Refused"]


def test_who_triggers_chooses_nothing_that_decides(parsed: Any) -> None:
    assert parsed["dags"]["certify_model"]["params"] == ["cohort", "model", "reason", "version"]
    assert parsed["dags"]["certify_model"]["schedule"] == "NullTimetable"


def test_what_is_due_is_looked_for_by_the_clock_and_hanging_cases_are_closed(parsed: Any) -> None:
    due = parsed["dags"]["recertify_due"]
    assert due["schedule"] == "CronTriggerTimetable"
    assert due["tasks"]["find_due"]["down"] == ["certify"]
    assert due["tasks"]["find_unanswered"]["down"] == ["ask_again"]
    assert due["tasks"]["close_undecided"]["down"] == ["find_due", "find_unanswered"]


def test_two_people_are_asked_side_by_side_and_the_decision_runs_whatever_became_of_the_forms(parsed: Any) -> None:
    tasks = parsed["dags"]["review_case"]["tasks"]
    assert {name: task["down"] for name, task in tasks.items()} == {
        "first_reviewer": ["decide"],
        "second_reviewer": ["decide"],
        "decide": ["conditional", "refused"],
        "conditional": [],
        "refused": [],
    }
    assert {name for name, task in tasks.items() if task["rule"] == "all_done"} == {"decide"}
    assert parsed["dags"]["review_case"]["params"] == ["case"]


def test_dag_files_import_the_flow_and_nothing_that_works(parsed: Any) -> None:
    own = [name for name in parsed["imported"] if not name.startswith("airflow.")]
    assert own == [
        "hallmark",
        "hallmark.assess",
        "hallmark.assess.registry",
        "hallmark.errors",
        "hallmark.flow",
        "hallmark.flow.form",
        "hallmark.flow.recertify",
        "hallmark.flow.review",
        "hallmark.flow.tasks",
        "hallmark.local",
        "hallmark.local.credentials",
        "hallmark.local.environment",
        "hallmark.local.home",
        "hallmark.local.offered",
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_dag_files_import_at_their_top_alone(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    nested = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {id(node) for node in nested} == {id(node) for node in tree.body if node in nested}
    froms = {str(node.module) for node in nested if isinstance(node, ast.ImportFrom)}
    assert froms <= {
        "airflow.sdk",
        "airflow.providers.standard.operators.trigger_dagrun",
        "hallmark.assess.registry",
        "hallmark.flow",
    }


def test_airflow_loads_the_plugin_file_and_no_other(parsed: Any) -> None:
    assert parsed["plugins"] == ["hallmark"]
    assert parsed["plugin_errors"] == {}
    assert parsed["of_plugins"] == ["hallmark", "hallmark_plugin"]
    lines = (REPO / "plugins" / ".airflowignore").read_text("utf-8").split()
    assert lines == ["*", "!hallmark_plugin.py"]
