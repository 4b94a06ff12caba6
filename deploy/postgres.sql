-- Roles and databases of PostgreSQL: one for Airflow, one for Celery's results, one for the ledger; each sees its own.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DATABASE_PASSWORD
\getenv celery_password CELERY_DATABASE_PASSWORD
\getenv ledger_password LEDGER_DATABASE_PASSWORD

CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE celery LOGIN PASSWORD :'celery_password';
CREATE ROLE ledger LOGIN PASSWORD :'ledger_password';

CREATE DATABASE airflow OWNER airflow;
CREATE DATABASE celery OWNER celery;
CREATE DATABASE ledger OWNER ledger;

REVOKE CONNECT, TEMPORARY ON DATABASE airflow, celery, ledger, postgres FROM PUBLIC;
