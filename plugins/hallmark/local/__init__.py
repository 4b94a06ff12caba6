"""Airflow and the embedded store on one machine: start, watch, stop, and ask over REST."""
