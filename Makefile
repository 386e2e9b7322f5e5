# Every command a user, a developer or CI needs. `make demo` and `make test` need Python >= 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Many small matrices: a second thread of the matrix library would only wait for the first.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help setup demo check format test soak bench bench-full images messages notebooks lock clean

help:
	@echo "make demo    set up, load the demo, run the job, serve in the foreground (stop with Ctrl-C)"
	@echo "make test    run the tests          make soak   run them at full size"
	@echo "make setup   make .venv with the console script .venv/bin/arrivals"
	@echo "make check   format, lint, types, import contracts, tests (what CI runs)"
	@echo "make format  rewrite the code in the project's format"
	@echo "make bench   accuracy and speed beside the peers' kept scores, in less than twenty minutes"
	@echo "make bench-full  the same with the peers fitted anew and all simulated series, for hours"
	@echo "make images  photograph the demo anew for the README"
	@echo "make messages  bring the catalogues of translations up to date with the source"
	@echo "make notebooks  open the notebooks in JupyterLab (stop with Ctrl-C)"
	@echo "make lock    pin the dependencies anew (needs uv)"

setup: $(VENV)/.setup

demo: setup
	@$(BIN)/arrivals demo run

$(VENV)/.setup: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' \
	  || { echo "This Python cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) (a minute or two, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.setup requirements-dev.lock
	@echo "Installing the developer's tools into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

test: $(VENV)/.dev
	$(BIN)/pytest

soak: $(VENV)/.dev
	$(BIN)/pytest --soak

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	@echo "Installing the peers into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks
	$(BIN)/python docs/make_tables.py

bench-full: $(VENV)/.bench
	$(BIN)/python -m benchmarks.make_peers
	$(BIN)/python -m benchmarks --full
	$(BIN)/python docs/make_tables.py

images: $(VENV)/.dev
	$(BIN)/python docs/make_images.py

messages: $(VENV)/.dev
	$(BIN)/python docs/make_messages.py

$(VENV)/.notebooks: $(VENV)/.setup requirements-notebooks.lock
	@echo "Installing JupyterLab into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements-notebooks.lock
	@touch $@

notebooks: $(VENV)/.notebooks
	@$(BIN)/jupyter lab --notebook-dir=.

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

lock:
	uv pip compile pyproject.toml --extra postgres --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra postgres --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml --extra bench --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-bench.lock
	uv pip compile pyproject.toml --extra notebooks --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-notebooks.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
