# Two commands matter: `make run` and `make test`. Everything else serves whoever works on Magnus.
# Another Python: make run PYTHON=python3.12     Options of the page: make run ARGS="--port 9000"

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(PYTHON) -m tools.install
CODE := $(wildcard app.py pages mfa connectors actions monitors core_numba tests tools bench)

.DEFAULT_GOAL := run
.PHONY: run install dev test test-all check lint format bench docs lock clean

run: install
	@exec $(BIN)/python -m mfa run $(ARGS)

install:
	@$(INSTALL)

dev:
	@$(INSTALL) --extra dev --extra brokers --extra search

# A file's tests stay in one process; each process has a database server of its own.
test: dev check
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered $(ARGS)

# A real small language model too: llama.cpp is compiled once, in an environment of its own.
test-all: dev check
	$(BIN)/python -m tools.small_model
	$(BIN)/python -m pytest -m "" --cov --cov-report=term:skip-covered $(ARGS)

check: lint
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-cache

lint: dev
	$(BIN)/ruff check $(CODE)

format: dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: dev
	$(BIN)/python -m bench $(ARGS)

docs: dev
	$(BIN)/python -m mfa docs docs
	$(BIN)/pdoc --output-directory docs/api mfa connectors core_numba

# One lock for every supported Python and platform. It names no registry: whoever installs chooses.
lock:
	@$(INSTALL) --extra install
	$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --all-extras \
	  --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml $(ARGS)

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache .coverage .coverage.* htmlcov docs/api
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
