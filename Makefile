# make demo | test | bench: each installs what it needs, which takes a moment the first time only.

PYTHON ?= python3
export PYTHON

# Tests and benchmarks run what .venv holds; nothing of the caller's environment reaches in.
VENV := .venv
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench endurance clean distclean
.NOTPARALLEL:

help:
	@echo 'make demo       from installed plugins to a booted image, every step shown'
	@echo 'make test       run every test, the boot tests among them (PYTEST="-k name" for some)'
	@echo 'make lint       check style and types'
	@echo 'make bench      print the figures this project keeps, and write build/bench.json'
	@echo 'make endurance  1,000 boots and 1,000 killed runs, which takes an hour (N=100: as many)'
	@echo 'make setup      install what these need, and nothing else'
	@echo 'make clean      remove what was built; make distclean: .venv too'

setup:
	@setup/prepare test

demo:
	@setup/prepare demo
	@demo/run

test:
	@setup/prepare test
	@setup/boards
	@$(VENV)/bin/python -m pytest -n auto --dist loadfile $(PYTEST)

lint:
	@setup/prepare test
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy

bench:
	@setup/prepare test
	@setup/boards
	@mkdir -p build
	@$(VENV)/bin/python -m benchmarks -o build/bench.json

endurance: N ?= 1000
endurance:
	@setup/prepare test
	@$(VENV)/bin/python -m benchmarks.endurance --boots $(N) --kills $(N)

clean:
	rm -rf build

distclean: clean
	rm -rf $(VENV)
