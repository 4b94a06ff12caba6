"""Hallmark inside the Airflow UI: who may log in, and the pages."""
