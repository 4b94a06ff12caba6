"""What Airflow makes of the DAG files, read once in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).parents[2]

READ = """
import json, sys
from pathlib import Path

dags = Path(sys.argv[1])
from airflow.sdk import Param, TaskGroup, dag, task
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
before = set(sys.modules)
import importlib.util
for file in sorted(dags.glob("*.py")):
    spec = importlib.util.spec_from_file_location("alone_" + file.stem, file)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
imported = sorted(set(sys.modules) - before)

from airflow.dag_processing.dagbag import DagBag
from airflow import plugins_manager
bag = DagBag(str(dags))
plugins, problems = plugins_manager._get_plugins()
print(json.dumps({
    "imported": imported,
    "errors": {Path(file).name: text for file, text in bag.import_errors.items()},
    "plugins": [plugin.name for plugin in plugins],
    "plugin_errors": problems,
    "of_plugins": sorted(
        name
        for name, module in sys.modules.items()
        if "." not in name and str(getattr(module, "__file__", "")).startswith(str(dags.parent / "plugins"))
    ),
    "dags": {
        dag.dag_id: {
            "tags": sorted(dag.tags),
            "schedule": type(dag.timetable).__name__,
            "params": sorted(dag.params),
            "catchup": dag.catchup,
            "tasks": {
                task.task_id: {
                    "owner": task.owner,
                    "down": sorted(task.downstream_task_ids),
                    "rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
                    "group": task.task_group.group_id if task.task_group else None,
                    "name": task.task_display_name,
                }
                for task in dag.tasks
            },
        }
        for dag in bag.dags.values()
    },
}))
"""


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Tasks, arrows, tags and owners of every DAG; what its files import; what Airflow loads as plugins."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONPATH"))}
    own = {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPO / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPO / "plugins"),
    }
    command = [sys.executable, "-c", READ, str(REPO / "dags")]
    done = subprocess.run(command, env=kept | own, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
