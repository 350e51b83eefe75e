# Every target sets itself up in .venv: only Python 3.11 or newer, git and make have to be there.
.POSIX:
.DELETE_ON_ERROR:
.PHONY: help test torture demo bench bench-peers pictures docs man fmt clean

ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a path with spaces: move the checkout out of "$(CURDIR)")
endif

PYTHON = .venv/bin/python
PIP = $(PYTHON) -m pip -qq --disable-pip-version-check
READY = .venv/.installed
PEERS = build/peers

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' Makefile

test: $(READY) ## every check and every test, as in CI
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m pytest -n auto

torture: $(READY) ## try to break it, for MINUTES=… or until all is tried
	cd tests && ../$(PYTHON) -m torture $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

demo: $(READY) ## a release and a hotfix in a sandbox, without any account
	@if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then $(PYTHON) -m reletan demo; else $(PYTHON) -m reletan demo --auto; fi

bench: $(READY) ## how fast it is, into docs/benchmarks.md, or only SUITES="startup …"
	RELETAN_BENCH_PEERS="$${RELETAN_BENCH_PEERS:-$(PEERS)}" $(PYTHON) -m bench $(SUITES)

bench-peers: $(READY) ## others to compare with, into build/peers
	mkdir -p $(PEERS)/node
	echo '*' > build/.gitignore
	$(PYTHON) -m venv $(PEERS)/python
	$(PEERS)/python/bin/python -m pip -qq --disable-pip-version-check install --upgrade commitizen git-cliff towncrier
	@if command -v npm >/dev/null 2>&1; then \
	  npm install --silent --no-fund --no-audit --prefix $(PEERS)/node auto-changelog conventional-changelog release-it; \
	else echo "npm is not installed: without auto-changelog, conventional-changelog and release-it" >&2; fi

pictures: $(READY) ## the pictures of the documentation, from the sandbox
	$(PYTHON) docs/pictures/make.py

docs: $(READY) ## what the commands print, into the pages that show it
	$(PYTHON) docs/commands/make.py

man: $(READY) ## the man page, dist/reletan.1, from the help
	$(PYTHON) docs/man/make.py

fmt: $(READY) ## format the code, and mend what can be mended
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

clean: ## remove what was made here
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@set -eu; \
	for python in python3.13 python3.12 python3.11 python3; do \
	  command -v $$python >/dev/null 2>&1 || continue; \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  found=$$python; \
	  $$python -c 'import ensurepip, venv' 2>/dev/null && break; \
	done; \
	if [ "$${found:-none}" = none ]; then \
	  echo "reletan needs Python 3.11 or newer, and none is on PATH: install one, then run make again" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo "making .venv with $$found"; rm -rf .venv; $$found -m venv .venv; \
	fi
	@echo "installing reletan and its tools into .venv (about a minute)"
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --editable '.[sandbox]' --group dev
	@touch $(READY)
