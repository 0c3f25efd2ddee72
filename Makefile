# `make demo` and `make test` need only Python 3.11 or newer: each makes .venv and fills it itself.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements-dev
PYTEST := $(BIN)/python -m pytest

# Some systems forbid it; without it each process of a test compiles the bot.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test sweep bench lint docs lock coverage clean

demo: $(STAMP)
	@$(BIN)/python -m bot demo

test: $(STAMP)
	$(PYTEST) -n auto

# An hour: kill -9 at many moments, two processes under load, deploys, storms; SEED=7 chooses other moments.
sweep: $(STAMP)
	SWEEP=all $(PYTEST) -m sweep

# An hour: how close the bot is to the least that could do its work (docs/bench.md).
bench: $(STAMP)
	@$(BIN)/python -m bench

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# The list of every reason, from the code that says them, and the pictures, from the running demo (it needs Chromium).
docs: $(STAMP)
	PYTHONPATH=. $(BIN)/python docs/reasons.py
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/moving.py

coverage: $(STAMP)
	rm -f .coverage*
	$(BIN)/coverage run -m pytest -n auto
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

# Exact versions with hashes for every platform; requirements.txt is all that the running bot needs.
lock: $(STAMP)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra shrink pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --all-extras pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make .venv: install what it lacks (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing what the bot, its demo and its tests need into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
