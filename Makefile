# Every target does its own set-up: a virtual environment in .venv with the dependencies from PyPI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
EXAMPLES := examples/kv_cache examples/log_tailer

.DEFAULT_GOAL := help
.PHONY: help run test gen check breaking release fix lint types layers golden soak fuzz bench build wheel-smoke clean

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.for-run ## Start a conductor in a temporary place and watch it finish examples/hello/job.yaml.
	@PATH="$(CURDIR)/$(BIN):$$PATH" examples/hello/run.sh

test: $(VENV)/.for-test ## Run all tests (under 5 minutes on two cores).
	$(BIN)/python -m pytest -n 2 -q

gen: $(VENV)/.for-run ## Generate clients, service, types and docs from schema/methods.yaml; for the examples, too.
	$(BIN)/daemonrpc generate
	@for example in $(EXAMPLES); do (cd $$example && $(CURDIR)/$(BIN)/daemonrpc generate) || exit 1; done

.PHONY: docs
docs: $(VENV)/.for-run ## Make the reference site of the conductor: build/reference.html, one file to open in a browser.
	$(BIN)/daemonrpc docs --out build/reference.html

check: lint types layers stale breaking ## Lint, types, import layers, that generated/ is fresh, that no release is broken.

.PHONY: stale
stale: $(VENV)/.for-run
	$(BIN)/daemonrpc check
	@for example in $(EXAMPLES); do (cd $$example && $(CURDIR)/$(BIN)/daemonrpc check) || exit 1; done

breaking: $(VENV)/.for-run ## Fail if the schema breaks who talks to it with code of an earlier release; say whom and why.
	$(BIN)/daemonrpc breaking

release: $(VENV)/.for-run ## Keep the schema as that of its version, in schema/released/, for later ones to be held against.
	$(BIN)/daemonrpc release

fix: $(VENV)/.for-dev ## Format the code and apply the fixes that the linter is sure of.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.for-dev ## Check style and format.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.for-dev ## Check types with mypy and pyright, both strict, generated code included.
	$(BIN)/mypy src codegen generated examples
	$(BIN)/pyright

layers: $(VENV)/.for-test ## Check who may import whom.
	$(BIN)/lint-imports

golden: $(VENV)/.for-test ## Rewrite the generator's golden files; read the diff before you commit it.
	$(BIN)/python -m pytest tests/golden -q --update-golden

soak: $(VENV)/.for-test ## Run the long forms of the tests of reliability: about a quarter of an hour.
	$(BIN)/python -m pytest -m soak -q -s --timeout=1800

SECONDS ?= 60
fuzz: $(VENV)/.for-fuzz ## Fuzz both sides with atheris: make fuzz SECONDS=60 TARGET=server.
	cd tests && $(CURDIR)/$(BIN)/python -m fuzz --seconds $(SECONDS) $(TARGET)

bench: $(VENV)/.for-bench ## Measure beside the least Python that does the job, and beside gRPC: ratios within one run.
	$(BIN)/python -m bench

build: $(VENV)/.for-dev ## Build the wheel and the source archive into dist/.
	rm -rf dist
	$(BIN)/python -m build

wheel-smoke: build ## Install the wheel into a fresh environment and make a call with it.
	tests/wheel_smoke.sh $(PYTHON)

clean: ## Remove everything that the other targets made.
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment, filled as far as a target needs it.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "error: no venv module; on Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.for-run: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q -e '.[codegen,conductor]'
	@touch $@

$(VENV)/.for-test: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q -e '.[test]'
	@touch $@ $(VENV)/.for-run

$(VENV)/.for-fuzz: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q -e '.[fuzz]'
	@touch $@ $(VENV)/.for-test $(VENV)/.for-run

$(VENV)/.for-bench: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q -e '.[bench]'
	@touch $@ $(VENV)/.for-run

$(VENV)/.for-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q -e '.[dev]'
	@touch $@ $(VENV)/.for-test $(VENV)/.for-run
