.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .venv/bin/uv
BIN := .venv/bin
SERVICES := intake matching sessions evaluation notify
LOCK := $(UV) pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.venv/installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "Ithaca needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv); or: make PYTHON=python3.12"; exit 2; }
	@test -x $(UV) || { $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --require-hashes -r requirements/uv.txt; }
	@echo "Installing what Ithaca needs into .venv ..."
	@$(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

lock: ## Pin every dependency with its hash, per service and for development
	@for service in $(SERVICES); do $(LOCK) --extra $$service --output-file requirements/$$service.txt; done
	@$(LOCK) $(addprefix --extra ,$(SERVICES)) --extra local --extra dev --output-file requirements/dev.txt
	@echo "uv==$$($(UV) --version | cut -d' ' -f2)" | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --quiet --output-file requirements/uv.txt
.PHONY: help lock
