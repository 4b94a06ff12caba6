# What a person types. Works with GNU make 3.81 and any POSIX sh.
.POSIX:
.SUFFIXES:
.PHONY: help certify up down test lint check coverage defects break bench screenshots env test-distributed lock

MODEL = card_default
VERSION = 1
COHORT =
DRAWS =
ROWS =
PORT = 8080

# Foreign modules and a ban on bytecode make every start slow or wrong.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

READY = .venv/.complete

help:
	@echo 'make certify   certify MODEL=$(MODEL) VERSION=$(VERSION) on COHORT= (empty: the one it was registered with)'
	@echo 'make up        keep Airflow and the store running; UI on 127.0.0.1, PORT=$(PORT)'
	@echo 'make down      stop what make up started'
	@echo 'make test      the tests, with everything that they need'
	@echo 'make check     lint, format and types, then the tests'
	@echo 'make coverage  how often the rule and its intervals are wrong, by DRAWS= simulated cases; docs/error-rates.md'
	@echo 'make defects   what is found of defects that were planted into two real data sets'
	@echo 'make break     do what an attacker would to copies of a good case, and show each refusal'
	@echo 'make bench     speed and memory beside the plain libraries, at ROWS= or at every size; docs/performance.md'
	@echo 'make screenshots   the pictures of docs/, from a running system (needs Chromium)'
	@echo 'make env       passwords into .env and signing keys into secrets/, for docker-compose.yaml'
	@echo 'make test-distributed   two Celery workers, PostgreSQL and Redis, one worker lost in the middle of a case'
	@echo 'make lock      requirements.txt from requirements.in (needs uv)'

certify: $(READY)
	@.venv/bin/hallmark demo "$(MODEL)" "$(VERSION)" $(if $(COHORT),--cohort "$(COHORT)")

up: $(READY)
	@.venv/bin/hallmark up --port "$(PORT)"

down: $(READY)
	@.venv/bin/hallmark down

test: $(READY)
	@.venv/bin/python -m tests.parts

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

check: lint test

coverage: $(READY)
	@DRAWS="$(DRAWS)" .venv/bin/python benchmarks/coverage.py

defects: $(READY)
	@.venv/bin/python benchmarks/defects.py

break: $(READY)
	@.venv/bin/python benchmarks/break_it.py

bench: $(READY)
	@ROWS="$(ROWS)" .venv/bin/python benchmarks/bench.py

screenshots: $(READY)
	@SCREENSHOTS="$$PWD/docs/images" .venv/bin/python -m pytest -q tests/browser/test_pages.py tests/browser/test_review.py \
		-k 'triggers or filter or people or tab_of'

# Needs no environment: it is run where the containers will be.
env:
	@python3 deploy/env.py

test-distributed: $(READY)
	@set -e; \
	need() { echo "make test-distributed needs $$1: sudo apt-get install postgresql redis-server" >&2; exit 1; }; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || need PostgreSQL; \
	command -v redis-server >/dev/null || need Redis; \
	.venv/bin/python -m pytest -q -m distributed tests/distributed

lock:
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header requirements.in -o requirements.txt

# The stamp is written last: an environment without one was cut short and is made anew; one that is older than the
# lock is brought up to date. Each interpreter is tried by running it, since a version manager's shim may answer for
# a Python that is not there.
$(READY): requirements.txt
	@set -e; \
	fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; \
	if uv --version >/dev/null 2>&1; then \
	    whole() { .venv/bin/python -c "$$fits"; }; \
	    create() { uv venv --quiet --no-python-downloads --python '>=3.11,<3.14' .venv; }; \
	    install() { UV_COMPILE_BYTECODE=1 uv pip install --quiet --python .venv/bin/python "$$@"; }; \
	else \
	    whole() { .venv/bin/python -c "$$fits" && .venv/bin/python -m pip --version; }; \
	    create() { \
	        for python in python3.13 python3.12 python3.11 python3 none; do \
	            "$$python" -c "$$fits" >/dev/null 2>&1 && break || :; \
	        done; \
	        [ "$$python" != none ] || { echo 'Hallmark needs Python 3.11, 3.12 or 3.13, and none is on the PATH: install one.' >&2; exit 1; }; \
	        "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1 || { \
	            echo "$$python has no venv module: install it (on Debian: sudo apt install python3-venv)." >&2; exit 1; }; \
	        "$$python" -m venv .venv; }; \
	    install() { .venv/bin/python -m pip --disable-pip-version-check install --quiet --compile "$$@"; }; \
	fi; \
	{ [ -f $(READY) ] && whole >/dev/null 2>&1; } || { rm -rf .venv; create; }; \
	rm -f $(READY); \
	echo 'Installing the pinned packages into .venv: about 1.5 GB, a few minutes, once.'; \
	install -r requirements.txt; \
	install --no-deps -e .; \
	touch $(READY)
