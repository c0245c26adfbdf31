# Everything a developer runs. `make` alone lists it. Nothing but a Python of at least 3.11
# (with pip and venv) has to be there beforehand.

.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/sh
CASES ?= ../shared/cases
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST := $(BIN)/pytest
# How many tests run at once; auto is one per core.
WORKERS ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help venv demo test conformance lint format messages lock clean

help:
	@echo "make venv          create $(VENV) from the locked requirements"
	@echo "make demo          bill a small invented business, and show where to look next"
	@echo "make test          linters, types, import contracts, then all tests on SQLite and PostgreSQL"
	@echo "make conformance   run worked cases through the core (CASES=DIR, by default $(CASES))"
	@echo "make lint          what runs in a second or two: ruff, mypy, import contracts"
	@echo "make format        let ruff lay out the code"
	@echo "make messages      collect texts to translate, and compile translations"
	@echo "make lock          resolve requirements/*.in again into requirements/*.txt"
	@echo "make clean         remove $(VENV), caches and build results"

venv: $(READY)

# PYTHON=/path/to/python chooses one; otherwise the newest on the PATH that is new enough.
$(READY): pyproject.toml requirements/dev.txt
	@set -eu; \
	for python in $${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found="$$python"; break; \
	  fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Quarterday needs Python 3.11 or newer with the modules venv and ensurepip." >&2; \
	  echo "On Debian: apt-get install python3-venv. Or name one: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	[ -x $(BIN)/python ] || "$$found" -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt; \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	$(BIN)/quarterday demo --serve

# What touches no database, and how pages look and are paid on, need not be tried twice; the stories are.
ONCE := core house conformance contracts documents docs fakes gateways importers mail ports project \
	statements cli/test_help.py $(addprefix browser/test_,collecting.py credit.py pages.py passkeys.py \
	paying.py security.py)
test: lint
	$(PYTEST) -n $(WORKERS) --dist worksteal --database=sqlite
	$(PYTEST) -n $(WORKERS) --dist worksteal --database=postgresql $(addprefix --ignore=tests/,$(ONCE))

conformance: $(READY)
	$(BIN)/python -m tests.conformance "$(CASES)"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(READY)
	$(BIN)/python -m tools.messages

lock: $(READY)
	cd requirements && for name in base dev; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --upgrade $$name.in --output-file $$name.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	find quarterday tests -name __pycache__ -type d -prune -exec rm -rf {} +
