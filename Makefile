# Two commands: `make run` serves the dashboard, `make test` proves it. See README.md.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test pictures signals faults deck fuzz bench lint lock install install-dev

run: install
	@$(PY) -m dashboard serve

# What is compiled once serves both workers and every process that the tests start.
test: export PYTHONDONTWRITEBYTECODE :=
test: install-dev
	@$(PY) tools/provision.py
	$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal

# The pictures of the documents, from the demonstration as it looks now: docs/hinh.
pictures: install-dev
	@$(PY) tools/provision.py
	$(PY) -m tests.pictures

# The demonstration's stories in twenty demonstrations and more, its numbers in two more, and how
# often rules speak for nothing.
signals: install-dev
	$(PY) -m pytest -s -m slow tests/reports tests/etl/test_demo.py tests/test_truth_demo.py
	$(PY) -m tests.statistics.false_alarms

# Two hundred loads per database killed at a random moment (docs/faults.md).
faults: install-dev
	@$(PY) tools/provision.py
	$(PY) -m pytest -s -m slow tests/etl/test_faults.py

# Whether five hundred slides leave anything behind, in a browser that compiles as it always does too.
deck: install-dev
	@$(PY) tools/provision.py
	$(PY) -m pytest -s -m slow tests/meeting

# The properties that `make test` tries on a few examples, on twenty times as many, always new ones.
fuzz: install-dev
	@$(PY) tools/provision.py
	$(PY) -m pytest -n auto --hypothesis-profile thorough -m hypothesis

# How fast it is, against floors and alternatives: printed, and written to docs/benchmarks.md.
# Sizes: make bench ROWS=1000000 XLSX_ROWS=200000 UNITS=17 SIZES=100000,1000000,10000000 REPEATS=5
ROWS ?= 200000
XLSX_ROWS ?= 50000
UNITS ?= 1
UNIT_ROWS ?= 62500
SIZES ?= 125000,1000000
REPEATS ?= 3
SECONDS_OF_USE ?= 30
bench: export PYTHONDONTWRITEBYTECODE :=
bench: install-dev
	@$(PY) tools/provision.py
	$(PY) -m tests.benchmarks.loading --rows $(ROWS) --xlsx-rows $(XLSX_ROWS) --units $(UNITS) \
		--repeats $(REPEATS)
	$(PY) -m tests.benchmarks.scale --unit-rows $(UNIT_ROWS) --sizes $(SIZES) --repeats $(REPEATS)
	$(PY) -m tests.benchmarks.pages --seconds $(SECONDS_OF_USE)

lint: install-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# A lock names every package with its hashes, for every system and Python from 3.11 on.
LOCK := pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet
lock: install-dev
	$(PY) -m pip install --quiet uv
	$(PY) -m uv $(LOCK) -o requirements.lock
	$(PY) -m uv $(LOCK) --extra dev -o requirements-dev.lock

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(PY):
	@$(PYTHON) tools/check_python.py
	@$(PYTHON) -m venv $(VENV)

# The stamps make an unchanged lock cost nothing at the next start.
$(VENV)/.installed: requirements.lock | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.installed
