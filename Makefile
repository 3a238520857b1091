# Two commands: `make run` and `make test`. `make help` lists the rest.
PY ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run install dev test lint types units stores journeys soak bench lock clean screens roles

help: ## list what make can do
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.installed ## install what is missing, migrate, load the sample into an empty database, serve
	@$(BIN)/feedback serve --host "$(HOST)" --port "$(PORT)"

install: $(VENV)/.installed ## only install what the app needs

dev: $(VENV)/.installed-dev ## only install what the tests need

test: dev ## everything that holds: lint, types, units, stores on both databases, journeys in a browser
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not soak"

lint: dev ## style and import order
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: dev ## static types
	@$(BIN)/mypy

units: dev ## the fast tests: no database server, no browser
	@$(BIN)/python -m pytest -q -n 2 -m "not soak and not journey" --ignore=tests/store

stores: dev ## the store's tests on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -q -n 2 -m "not soak" tests/store

journeys: dev ## walks through the app in a real browser
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m journey

soak: dev ## the long tests
	@$(BIN)/python -m pytest -q -m soak

bench: dev ## what the claims about speed rest on
	@for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

screens: dev ## take the pictures of the README from the running sample
	@$(BIN)/python docs/take_pictures.py

roles: dev ## write the role table of the guide from the program's own list of doors
	@$(BIN)/python docs/make_roles.py

lock: dev ## renew the locks (needs a network)
	@$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --extra postgres --extra reports --extra build --universal \
	  --generate-hashes --no-emit-index-url --no-header -q --upgrade -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --extra postgres --extra reports --extra build --extra dev --universal \
	  --generate-hashes --no-emit-index-url --no-header -q --upgrade -o requirements-dev.lock

clean: ## remove the environment and caches (never the data)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PY) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This needs Python 3.11 or newer; %s is Python %d.%d. Install a newer one, or name it: make PY=python3.12 ..." % (sys.executable, v[0], v[1]))'
	@echo "Making the environment in $(VENV) ..."
	@$(PY) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r bootstrap.lock || echo "uv is not to be had; using pip."

# uv when it is there, pip when it is not (UV=0 asks for pip); both check the hashes in the lock.
define install
	@if [ "$(UV)" != 0 ] && [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) && \
	  $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@$(BIN)/python -m compileall -q src/feedback
endef

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the app ..."
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing the app and its tests ..."
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.installed $@
