"""Run by Airflow as it starts: a Celery worker imports the measuring libraries once, before it forks its pool."""

import sys

if sys.argv[1:3] == ["celery", "worker"]:
    from hallmark.local.preload import warm

    warm()

__all__: list[str] = []
