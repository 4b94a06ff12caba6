"""The pages inside the Airflow UI; imported by the API server at the first request, and by nothing else."""
