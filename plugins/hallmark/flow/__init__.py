"""What Airflow sees: task wrappers and operators."""
