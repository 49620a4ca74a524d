# banso: `make run` shows it, `make test` proves it. `make help` lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN    := .venv/bin
LOCK   := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
          --no-emit-index-url --no-emit-find-links --no-header pyproject.toml --group build

# What Python compiled is kept, whatever this machine says: commands and tests start many processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev servers run run-distributed check test faults bench prove lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

setup: .venv/.setup ## a virtual environment with what banso needs, each file checked against its hash

.venv/.setup: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "banso needs Python 3.11: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-build-isolation --no-deps -e .
	@touch $@

setup-dev: .venv/.setup-dev ## … and with what its tests need

.venv/.setup-dev: .venv/.setup requirements-dev.lock
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

servers: setup ## a real Kafka and PostgreSQL on this machine, installed if we may
	@deploy/local/packages kafka postgresql
	@test -n "$$BANSO_TEST_KAFKA" || $(BIN)/python -m deploy.local.kafka

run: setup ## banso with a real data set, all in one process: http://127.0.0.1:8080
	@$(BIN)/banso run

run-distributed: servers ## the same as three services on a real Kafka and PostgreSQL
	@$(BIN)/python -m deploy.local.run_distributed

check: setup-dev ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test: check servers ## everything that must hold, in about ten minutes on two cores
	@deploy/local/packages browser
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

faults: setup-dev servers ## the long run: 1,000 kills on each store, and servers that go away under load
	$(BIN)/python -m tests.fault.outages
	BANSO_TEST_KILLS=1000 $(BIN)/pytest -q -k kills --timeout 7200

bench: setup-dev servers ## what it costs, beside raw Kafka and a naive consumer
	@$(BIN)/python -m bench

prove: setup ## what it finds and misses, on worlds with known truth and on real students; ARGS="--events F --truth F"
	@test -e .venv/.setup-prove || { $(BIN)/pip install -q --require-hashes -r requirements-prove.lock && \
	  touch .venv/.setup-prove; } || echo "scikit-learn cannot be installed here: the table has no row for boosting"
	@$(BIN)/python -m prove $(ARGS)

lock: setup-dev ## choose the newest versions that pyproject.toml allows, and write their hashes down
	$(BIN)/pip install -q uv
	$(LOCK) --group dev -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock -o requirements.lock
	$(LOCK) -c requirements-dev.lock --extra prove -o requirements-prove.lock

clean: ## remove what can be made again; your data in .banso stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find bench deploy libs prove services tests -name __pycache__ -prune -exec rm -rf {} +
