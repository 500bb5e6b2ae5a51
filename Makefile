# Everything a person does with this project. Needs Python 3.11 or newer and make; the rest is fetched into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
# More for the program, as in: make demo ARGS="--port 9000"
ARGS ?=

# Where it is set, each process of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install wheel demo run test test-all slow browser check cover ci bench year drills night fuzz mutants crash chance triples audit fmt lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.runtime ## make .venv with exactly the libraries of requirements.lock

# What a server needs, which has neither git nor make: see OPERATIONS.md.
wheel: $(VENV)/.runtime ## pack the program for servers: dist/stadsbot-<version>.tar.gz
	rm -rf build dist && mkdir -p dist/stadsbot
	$(PIP:install=wheel) --no-deps --no-build-isolation --wheel-dir dist/stadsbot .
	cp requirements.lock stadsbot.service bot/operations/sb bot/operations/sb-rekey OPERATIONS.md CHANGELOG.md LICENSE dist/stadsbot
	tar -C dist -czf dist/$$(cd dist/stadsbot && ls stadsbot-*.whl | cut -d- -f1-2).tar.gz stadsbot && rm -rf build dist/stadsbot

demo: $(VENV)/.runtime ## open a small town in the browser and play all of its people
	$(BIN)/stadsbot demo $(ARGS)

run: $(VENV)/.runtime ## start the bot on real Telegram (settings: .env.example)
	$(BIN)/stadsbot run $(ARGS)

# As many workers as cores; one that has nothing left to do takes over from the others.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal
BROWSER := $(BIN)/python -m pytest --numprocesses auto --dist loadfile -m browser
# Slow tests wait for processes of their own half of the time, and the browser's for Chromium: a worker more than cores.
WAITING := --numprocesses $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
FAST := -m "not slow and not browser"

# Those that are named are run one after the other, slow ones too, so that one sees what they print.
test: $(VENV)/.dev ## run the fast tests, or those named, as in: make test ARGS="tests/storage -x"
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),$(PYTEST) $(FAST))

test-all: $(VENV)/.dev ## run every test, the browser's last
	$(PYTEST) $(WAITING)
	$(BROWSER) $(WAITING)

slow: $(VENV)/.dev ## run the tests that take over three seconds each
	$(PYTEST) $(WAITING) -m "slow and not browser" $(ARGS)

browser: $(VENV)/.dev ## play the sandbox's page in Chromium
	$(BROWSER) $(WAITING) $(ARGS)

# Of the slow tests only the engine's explorations add to what the fast ones cover; the others would take much longer.
cover: $(VENV)/.dev ## run what `make test` runs and the engine's explorations, and hold their branch coverage against the floors
	$(PYTEST) $(FAST) --cov --cov-report=
	$(PYTEST) tests/flows -m slow --cov --cov-append --cov-report=
	@mkdir -p build; for floor in flows:98 storage:95 messages:90 bot:90; do \
	  room=$${floor%:*}; echo "$$room: $$($(BIN)/coverage report --include="$$room/*" --format=total) % of lines and branches"; \
	  $(BIN)/coverage report --include="$$room/*" --fail-under=$${floor#*:} --skip-covered --show-missing > build/uncovered.txt || \
	    { cat build/uncovered.txt; exit 1; }; \
	done

ci: check cover ## run all that CI runs; the engine's explorations are run with their coverage, and no second time
	$(MAKE) --no-print-directory slow ARGS="--ignore=tests/flows"
	$(MAKE) --no-print-directory browser

check: $(VENV)/.dev ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev ## measure the bot beside plain ones on the same library
	$(BIN)/python -m tests.bench $(ARGS)

audit: ## look for known flaws in the libraries; asks a service on the internet
	$(PYTHON) -m venv --clear $(VENV)-audit
	$(VENV)-audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	$(VENV)-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock
	rm -rf $(VENV)-audit

year: $(VENV)/.dev ## play a year in one process and draw its memory
	$(BIN)/python -m tests.bench.year $(ARGS)

drills: $(VENV)/.dev ## play an operator's bad days, and the way from and to each released version: ARGS="disk_full"
	$(BIN)/python -m tests.drills $(ARGS)

night: drills crash chance fuzz mutants year ## all that takes longer than a coffee; what of it is worth keeping is committed

# Hypothesis tries ten times as many courses of events and broken requests as by day.
fuzz: $(VENV)/.dev ## try the engine, the texts, the page and the intake with far more than at each save
	HYPOTHESIS_PROFILE=night $(PYTEST) tests/flows tests/page/test_fuzz.py tests/durability/test_fuzz.py tests/storage tests/messages

mutants: $(VENV)/.dev ## put small faults into the code and see whether a test beside them notices: ARGS="reveal --share 0.2"
	$(BIN)/python -m tests.mutants $(ARGS)

crash: $(VENV)/.dev ## kill the bot a thousand times and hold what it told against what it has
	$(BIN)/python -m tests.crash $(ARGS)

chance: $(VENV)/.dev ## play whole towns by chance and hold each word against what was promised
	$(BIN)/python -m tests.chance $(ARGS)

triples: $(VENV)/.dev ## let anybody try anything a million times, in pieces that are noted: ARGS="folder [--page]"
	$(BIN)/python -m tests.triples $(or $(ARGS),triples)

fmt: $(VENV)/.dev ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Made with the oldest Python that is supported, as older ones need a few more packages; the hashes cover every platform.
COMPILE := $(VENV)-lock/bin/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-header \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: ## renew both locks from pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check --quiet install pip-tools
	$(COMPILE) --allow-unsafe --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(COMPILE) --allow-unsafe --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	echo eark-validator | $(COMPILE) --unsafe-package lxml --unsafe-package typing-extensions --output-file requirements-eark.lock -
	rm -rf $(VENV)-lock

# The database is not made by make, so it is not removed either.
clean: ## remove all that make has made
	rm -rf $(VENV) $(VENV)-lock $(VENV)-audit build dist *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find bot flows storage messages tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks are whole, so that pip resolves nothing (--no-deps): asked for "coverage[toml]" by a library, it would take a
# newer release than the lock has, and refuse it.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed and '$(PYTHON)' is not that: install it, or name it as in 'make install PYTHON=python3.12'." >&2; exit 1; }
	@[ -w . ] || { echo "This folder cannot be written: copy it to one that is yours, or ask its owner." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "A virtual environment could not be made: install Python's venv module (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing the libraries of requirements.lock; the first time takes about a minute."
	@$(PIP) --no-deps --require-hashes -r requirements.lock || \
	  { echo "The libraries could not be fetched: look whether pypi.org can be reached and 400 MB of disk are free, and run it again." >&2; exit 1; }
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-eark.lock $(VENV)/.runtime
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --require-hashes -r requirements-eark.lock # it asks for an older lxml, and works with ours
	@touch $@
