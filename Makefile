# The two commands are `make run` and `make test`; `make help` lists the rest.

PYTHON := $(shell for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE) pyproject.toml
.DEFAULT_GOAL := help
.PHONY: help run test smoke bench setup setup-dev lock clean python
MAKEFLAGS += --no-print-directory

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

run: setup ## Start the product on this machine (SHANZHI_PORT, SHANZHI_DATA_DIR)
	@exec $(BIN)/shanzhi run

test: setup-dev ## Linters, types, architecture, unit, API, database and browser tests
	@exec $(BIN)/python .ci/check.py

smoke: setup ## Drive the main job over HTTP on a stack of its own
	@exec $(BIN)/python -m tests.smoke

bench: setup-dev ## Measure requests a second, start-up time and the size of the phone app
	@CHROMIUM=$$($(BIN)/python .ci/check.py --chromium) && export CHROMIUM && exec $(BIN)/python -m tests.bench

setup: python
	@$(PYTHON) .ci/bootstrap.py

setup-dev: python
	@$(PYTHON) .ci/bootstrap.py --dev

python:
	@test -n "$(PYTHON)" || { echo "There is no Python 3.11 or later. Install one, or name it: make PYTHON=/path/to/python3"; exit 1; }

lock: setup-dev ## Write the lock files anew (UPGRADE=--upgrade takes newer versions)
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(subst  pyproject.toml,,$(COMPILE)) --group node -o requirements-node.lock

clean: ## Remove what was built; the data directory stays
	rm -rf .venv pwa/node_modules pwa/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
