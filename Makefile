# The tasks of a contributor; CI calls the same ones.

PYTHON ?= python3
BIN = .venv/bin
READY = .venv/ready-to-develop

.PHONY: check setup test format lint types layers build docs picture replay bench clean

check: lint types layers test build ## everything that CI asks for

setup: $(READY) ## make .venv with papertriage and the tools to develop it

# Also when papertriage was installed in it to be used, as the README says: without the tools, and not from here. One
# that is there is kept, since it may be of another Python than the one found now: two in one place do not work.
$(READY): pyproject.toml $(wildcard $(BIN)/papertriage)
	$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

test: setup ## run the tests, on all cores
	$(BIN)/python -m pytest -n auto --dist worksteal

format: setup ## lay out the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup ## layout and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## strict types
	$(BIN)/mypy

layers: setup ## imports point one way
	$(BIN)/lint-imports

build: setup ## build the wheel, install it alone in a clean environment, run it there
	rm -rf dist build/clean
	$(BIN)/python -m build --quiet
	$(PYTHON) -m venv build/clean
	build/clean/bin/python -m pip install --quiet dist/*.whl
	cd build && PAPERTRIAGE_HOME=clean/home clean/bin/papertriage quickstart --offline
	build/clean/bin/python -m papertriage --version

docs: setup ## write anew what the manual takes from the program: settings and help texts
	$(BIN)/python tasks/write_docs.py

picture: setup ## draw the table of the README anew
	$(BIN)/python tasks/draw_table.py

replay: setup ## answer as all services do, on this machine; FAULT=503@/rss switches a fault on
	$(BIN)/python tests/replay $(addprefix --fault=,$(FAULT))

bench: setup ## measure everything and write docs/performance.md: an hour, 6 GB under build/bench; SIZES="2000" for less
	$(BIN)/python benchmarks/run.py $(if $(SIZES),--sizes $(SIZES))

clean: ## remove what can be made again
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
