# People and CI use the same few commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test check format lock lint types imports templates migrations screenshots bench clean

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml
# What a person asks of an environment, nothing of their own configuration.
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Processes are started by the hundred, by tests above all: each module is compiled once, not each time.
export PYTHONDONTWRITEBYTECODE :=

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: .venv/.runtime  ## try Assuage on made-up patients (PORT=8123 picks another port)
	@$(BIN)/assuage demo --port $(PORT)

test: .venv/.dev  ## run every test, on SQLite, on PostgreSQL and in a browser
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: lint types imports templates migrations test  ## everything that CI checks

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.dev
	$(BIN)/mypy

imports: .venv/.dev
	$(BIN)/lint-imports

templates: .venv/.dev
	$(BIN)/djlint --lint --quiet templates

migrations: .venv/.dev
	@mkdir -p var && rm -f var/check.db
	ASSUAGE_DATABASE_URL=sqlite:///var/check.db $(BIN)/alembic upgrade head
	ASSUAGE_DATABASE_URL=sqlite:///var/check.db $(BIN)/alembic check

format: .venv/.dev  ## put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(UV)  ## pin the newest versions that pyproject.toml allows, with hashes
	$(LOCK) --upgrade --group build -o requirements.lock
	$(LOCK) --upgrade --group dev -o requirements-dev.lock

screenshots: .venv/.dev  ## take the README's pictures from the demonstration
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m docs.screenshots

bench: .venv/.dev  ## measure how fast it is, beside bare references, and write benchmarks/results.json
	@$(BIN)/python -m benchmarks.derive_outcomes
	@$(BIN)/python -m benchmarks.reports

clean:  ## remove what the other commands made, the demonstration's data included
	rm -rf .venv .uv var dist

.venv/.runtime: requirements.lock pyproject.toml | $(UV) .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

.venv: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Assuage needs Python 3.11 or later; say which with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(UV) venv --quiet --python $(PYTHON) .venv

# Where uv isn't on the machine it comes from PyPI, into a folder of its own.
.uv/bin/uv:
	@$(PYTHON) -m venv .uv 2>/dev/null && .uv/bin/python -m pip install --quiet uv || \
	  { rm -rf .uv && $(PYTHON) -m pip install --quiet --target .uv uv; } || \
	  { echo "uv is missing and neither venv nor pip is there to install it: install uv, or python3-venv"; exit 1; }
