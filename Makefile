# Every command a user, a developer or CI needs. `make demo` and `make test` need Python >= 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup demo check format test soak lock clean

help:
	@echo "make setup   make .venv with the console script .venv/bin/arrivals"
	@echo "make demo    set up, load the demo, run the job, serve in the foreground"
	@echo "make test    run the tests          make soak   run their full sizes"
	@echo "make check   format, lint, types, import contracts, tests (what CI runs)"
	@echo "make format  rewrite the code in the project's format"
	@echo "make lock    pin the dependencies anew (needs uv)"

setup: $(VENV)/.setup
demo: setup
	$(BIN)/arrivals demo run

$(VENV)/.setup: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.setup requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

test: $(VENV)/.dev
	$(BIN)/pytest

soak: $(VENV)/.dev
	$(BIN)/pytest --soak

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

lock:
	uv pip compile pyproject.toml --extra postgres --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra postgres --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
