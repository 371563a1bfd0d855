# One command per task. CONTRIBUTING.md has each as plain commands, for systems without make.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.PHONY: help lab test notebooks site runtime serve coverage mutants bench bench-site clean
help:
	@echo "make lab        install if need be, and open JupyterLab on notebook 00"
	@echo "make test       style, unit tests and all notebooks, as CI runs them"
	@echo "make notebooks  run every notebook and store its outputs"
	@echo "make site       the static site in site/: JupyterLite and pages to read; with PYODIDE_DIR=folder it asks no other host"
	@echo "make serve      show site/ on this computer"
	@echo "make runtime    fetch the Python runtime for browsers into pyodide/, for PYODIDE_DIR"
	@echo "make coverage   which lines the unit tests reach"
	@echo "make mutants    break bptt_core on purpose, and see whether the tests notice: five minutes"
	@echo "make bench      how long the gradients take, and each panel to answer a key, in a browser: twenty minutes"
	@echo "make bench-site how long a reader of the site waits; needs PYODIDE_DIR: five minutes"
	@echo "make clean      remove .venv and what the tools left"

lab: .venv/installed
	$(BIN)/bptt lab notebooks $(LAB_FLAGS)

test: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

notebooks: .venv/installed-dev
	$(BIN)/python -m tools.regenerate_notebooks

site: .venv/installed-site
	$(BIN)/bptt site site --python "$(or $(PYODIDE_DIR),official)"

serve: .venv/installed-site
	$(BIN)/python -m bptt_site.serve

runtime: .venv/installed
	$(BIN)/python -m bptt_site.runtime pyodide

coverage: .venv/installed-dev
	$(BIN)/python -m pytest tests/core tests/lab tests/pages --cov --cov-report=term

mutants: .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-mutants.txt
	$(BIN)/python -m tools.mutants

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks.bench_gradients
	$(BIN)/python -m benchmarks.bench_panels

bench-site: .venv/installed-dev
	$(BIN)/python -m benchmarks.bench_site

clean:
	rm -rf .venv site .pytest_cache .ruff_cache .hypothesis .coverage mutants

# The stamps: installed again only when a file that says what to install has changed, or that an install copies.
SETTINGS := $(wildcard installed/*/*/*/*.* installed/*/*/*/*/*/*.*)
.venv/installed: requirements.txt constraints.txt pyproject.toml $(SETTINGS)
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; $(PYTHON) is ' + sys.version.split()[0] + '. Name another: make lab PYTHON=python3.13')"
	@echo "[1/2] a virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@echo "[2/2] installing what the notebooks need: a minute or two, once"
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-site: .venv/installed requirements-site.txt
	@echo "installing what builds the site"
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements-site.txt
	@touch $@

.venv/installed-dev: .venv/installed-site requirements-dev.txt requirements-release.txt
	@echo "installing what the tests need"
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@
