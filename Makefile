# Everything a fresh machine can do with Python 3.11 or newer and make. `make` alone lists it.
# PYTHON=/path/to/python picks another Python; ARGS="…" is handed to pytest or to the demo.

.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help demo test long long-sample lint bench lock clean

PYTHON =
ARGS =
VENV = .venv
PY = $(VENV)/bin/python
PIP = $(PY) -m pip --quiet --disable-pip-version-check --no-input
# Contiguous runs of tests per core, so that a server started for one file is used by that file.
PYTEST = $(PY) -m pytest -n logical --maxprocesses 8 --dist worksteal

help:
	@echo 'make demo    sample cases through the whole pipeline, into ./demo'
	@echo 'make test    the tests (about ten minutes on two cores)'
	@echo 'make lint    style and types'
	@echo 'make long    the long tests (up to three hours)'
	@echo 'make bench   the measurements of benchmarks/'
	@echo 'make lock    newest versions into requirements*.lock (for maintainers)'
	@echo 'make clean   remove .venv, ./demo and caches; never a workspace'

demo: $(VENV)/.runtime
	@$(PY) -m jobs demo $(ARGS)

test: $(VENV)/.dev
	@$(PYTEST) $(ARGS)

long: $(VENV)/.dev
	@$(PYTEST) -m long --timeout 10800 $(ARGS)

# As many long tests as fit into CLINICMEDIA_LONG_SECONDS, in an order drawn by CLINICMEDIA_SEED
# (tests/conftest.py). pytest says 5 when there is no test at all: nothing to sample is no failure.
long-sample: $(VENV)/.dev
	@status=0; $(PY) -m pytest -m long --collect-only -qq >$(VENV)/.collected 2>&1 || status=$$?; \
	case $$status in \
	0) CLINICMEDIA_LONG_SECONDS=$${CLINICMEDIA_LONG_SECONDS:-120} $(PYTEST) -m long $(ARGS) ;; \
	5) echo 'There is no long test yet: nothing to sample.' ;; \
	*) cat $(VENV)/.collected; exit $$status ;; \
	esac

lint: $(VENV)/.dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

bench: $(VENV)/.dev
	@for script in benchmarks/*.py; do \
	  echo "== $$script"; $(PY) "$$script" || exit 1; \
	done

lock: $(VENV)/.dev
	@$(PY) -m venv .venv-lock
	@.venv-lock/bin/python -m pip --quiet --disable-pip-version-check install --upgrade 'uv>=0.9'
	@echo 'Looking up the newest versions for Python 3.11 and later …'
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	  --generate-hashes --all-extras --custom-compile-command 'make lock' \
	  --output-file requirements.lock pyproject.toml
	@.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	  --generate-hashes --all-extras --group dev --constraint requirements.lock \
	  --custom-compile-command 'make lock' --output-file requirements-dev.lock pyproject.toml
	@$(PY) -m pytest -q tests/test_project.py
	@echo 'Written: requirements.lock, requirements-dev.lock. Run `make test` before committing them.'

clean:
	@rm -rf .venv .venv-lock demo dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo 'Removed .venv, ./demo and the caches.'

# The first Python that is new enough and can make an environment, else a sentence that helps.
$(PY):
	@good=; old=; bare=; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  case $$($$python -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null) in \
	  True) if $$python -c 'import ensurepip, venv' 2>/dev/null; \
	    then good=$$python; break; else bare=$${bare:-$$python}; fi ;; \
	  False) old=$${old:-$$python} ;; \
	  esac; \
	done; \
	if [ -n "$$good" ]; then \
	  echo "Making $(VENV) with $$($$good --version 2>&1) …"; \
	  $$good -m venv --clear $(VENV); \
	elif [ -n "$$bare" ]; then \
	  echo "$$bare is new enough but has no venv module, which this needs." >&2; \
	  echo 'On Debian or Ubuntu: apt-get install python3-venv. Then try again.' >&2; exit 1; \
	elif [ -n "$$old" ]; then \
	  echo "Clinicmedia needs Python 3.11 or newer; $$old is $$($$old --version 2>&1)." >&2; \
	  echo 'Install a newer one, or name it: make PYTHON=/path/to/python3.11' >&2; exit 1; \
	else \
	  echo 'No Python was found. Clinicmedia needs Python 3.11 or newer.' >&2; exit 1; \
	fi

# The stamps are written last and are older than their lock when it changes. The second needs the
# first, so that `make -j` never runs two installations into one environment.
$(VENV)/.runtime: requirements.lock | $(PY)
	@lock=requirements.lock; $(INSTALL)

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime | $(PY)
	@lock=requirements-dev.lock; $(INSTALL)

INSTALL = \
	echo "Installing $$(grep -c '^[a-z0-9].*==' $$lock) packages of $$lock into $(VENV) (once) …"; \
	$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null || exit 1; \
	$(PIP) install --no-deps --require-hashes -r $$lock || { \
	  echo "The packages of $$lock could not be installed; the lines above say why." >&2; \
	  echo 'Is the network there? Then run the same command again: it goes on where it stopped.' >&2; \
	  exit 1; }; \
	touch $@
