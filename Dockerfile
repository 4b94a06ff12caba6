# One image for every service of docker-compose.yaml that runs Hallmark's code. It has not been built by those who
# wrote it; what it installs is the same lock that everything is tested with, and the wheel instead of the clone.
FROM python:3.11.13-slim-bookworm AS wheel
WORKDIR /build
COPY pyproject.toml ./
COPY plugins/hallmark plugins/hallmark
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# The user that runs everything; `make env` chooses the one to whom the secrets belong.
ARG HALLMARK_UID
ARG HALLMARK_GID
RUN groupadd --non-unique --gid "$HALLMARK_GID" hallmark \
    && useradd --non-unique --uid "$HALLMARK_UID" --gid "$HALLMARK_GID" --create-home hallmark

COPY requirements.txt /opt/hallmark/
RUN pip install --compile -r /opt/hallmark/requirements.txt
COPY --from=wheel /wheels /wheels
RUN pip install --compile --no-deps /wheels/*.whl && rm -r /wheels

# The package is the wheel alone: below plugins/ lies only what Airflow itself loads, and nothing shadows it.
WORKDIR /opt/hallmark
COPY plugins/hallmark_plugin.py plugins/.airflowignore plugins/
COPY dags dags
COPY policies policies
COPY expectations expectations
COPY deploy deploy
COPY deploy/config airflow/config
RUN echo '# All settings come by the environment.' > airflow/airflow.cfg \
    && install -d -o hallmark -g hallmark -m 700 /hallmark /hallmark/keys \
    && chown -R hallmark:hallmark airflow

USER hallmark
CMD ["hallmark", "--help"]
