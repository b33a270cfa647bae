# Everything a newcomer needs: `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo-out
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run test lint types imports soak bench requirements clean

##@ Use
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Set up .venv with the pinned requirements

run: install ## Play the round of 2022 whole, then keep serving (OUT=folder)
	$(BIN)/survey-service demo --out $(OUT) --serve

##@ Develop
test: install ## Lint, types, import contracts and every test
	$(MAKE) lint types imports
	./tests/run $(ARGS)

lint: install ## Check style (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## Check types (pyright, strict)
	$(BIN)/pyright

imports: install ## Check that the import arrows point one way
	$(BIN)/lint-imports

soak: install ## The long tests
	SOAK=1 ./tests/run -m soak $(ARGS)

bench: install ## Print the benchmarks' ratios
	$(BIN)/python -m benchmarks

requirements: install ## Pin requirements anew (hashes, no index addresses)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra postgres pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra postgres --extra reports --extra statistics --group pyproject.toml:dev pyproject.toml -o requirements-dev.txt

clean: ## Remove what was set up and built
	rm -rf $(VENV) build dist demo-out .pytest_cache .ruff_cache

$(VENV)/.installed: pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
