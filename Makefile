# Everything that this project can do, from a machine with Python 3.11, pip, make and git.
# `make` alone lists it. Nothing is installed outside this folder, but for uv's download cache.

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .uv/$(UV_VERSION)/bin/uv
BIN := .venv/bin

# The machine's own Python, never a downloaded one; and our environment, not one that is active.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
export UV_HTTP_TIMEOUT := 180
# Compiled once, by all cores: not by each process that is started, where Python may not keep what it compiled.
export UV_COMPILE_BYTECODE := 1
unexport VIRTUAL_ENV

# Some shells export these names: they count only when given to make.
ifneq ($(origin NAME),command line)
NAME :=
endif
ifneq ($(origin PROFILE),command line)
PROFILE :=
endif
ifneq ($(origin ARGS),command line)
ARGS :=
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench bench-peers clean

help: ## List the commands
	@echo "Antiphon: phone calls, answered by an AI assistant."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.synced ## Install everything into .venv (the others do it when needed)

demo: setup ## Play a whole phone call on this machine (PROFILE=azure: through Azure's SDKs; handover: to a human)
	@$(BIN)/python -m emulators.demo $(if $(PROFILE),--profile $(PROFILE)) $(ARGS)

run: setup ## Start the server (options: make run ARGS="--port 9000")
	@$(BIN)/python server.py serve $(ARGS)

test: setup ## Run the tests (some: make test ARGS="tests/pipeline -k chunker")
	@$(BIN)/pytest -n auto $(ARGS)

check: setup ## Judge the code without running it: style, types, imports, shape
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_shape.py

bench: setup ## Measure (one: make bench NAME=frame_path PROFILE=quick)
	@$(BIN)/python -m benchmarks $(NAME) $(if $(PROFILE),--profile $(PROFILE)) $(ARGS)

bench-peers: setup $(UV) ## Measure beside pipecat and livekit-agents (another 650 MB, in .peers)
	@$(BIN)/python -m benchmarks.peers.setup $(UV)
	@$(BIN)/python -m benchmarks.peers $(if $(PROFILE),--profile $(PROFILE)) $(ARGS)

clean: ## Remove all that make has made (data/ stays)
	rm -rf .venv .uv .peers out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.synced: uv.lock pyproject.toml | $(UV)
	@echo "Setting up .venv: about 550 MB to download, 1.5 GB on disk, once."
	@UV_PYTHON="$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(UV) sync --frozen
	@touch $@
	@echo "Ready."

$(UV):
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no '$(PYTHON)' here. Antiphon needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Antiphon needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
	  echo "'$(PYTHON)' has no pip: install it (Debian: apt install python3-pip)" >&2; exit 1; }
	@echo "Fetching uv $(UV_VERSION), which installs the rest: 18 MB into .uv, once."
	@rm -rf .uv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target .uv/$(UV_VERSION) "uv==$(UV_VERSION)"
