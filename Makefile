# The two commands: make run, make test. Everything that they need is installed on the way (scripts/setup.sh).
PYTHON := .venv/bin/python
PICTURE ?=
DATA ?=
N ?= 20000
SEED ?= 1
SHARE ?= 0.1

.PHONY: run test lint build lock bench bench-scan bench-register bench-trust fuzz-trust bench-intake bench-service bench-sync faults clean
.DEFAULT_GOAL := run

.venv/ready-run: scripts/setup.sh requirements/run.txt
	@bash scripts/setup.sh run
.venv/ready-dev: scripts/setup.sh requirements/dev.txt .venv/ready-run
	@bash scripts/setup.sh dev

run: .venv/ready-run  ## the whole program with an embedded service and demo data; without a display, a whole day offscreen
	@$(PYTHON) -m demo $(if $(PICTURE),--picture "$(PICTURE)")

test: .venv/ready-dev  ## all tests
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

lint: .venv/ready-dev  ## style, types
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

build: .venv/ready-dev  ## one-folder program in dist/
	@$(PYTHON) -m PyInstaller --noconfirm --log-level WARN build.spec
	@dist/mashangcha/mashangcha --self-check

bench-scan: .venv/ready-dev
	@$(PYTHON) -m tests.bench.scan_bench $(if $(DATA),"$(DATA)")

bench-register: .venv/ready-dev
	@$(PYTHON) -m tests.bench.register_bench $(N)

bench-trust: .venv/ready-dev
	@$(PYTHON) -m tests.bench.trust_bench

fuzz-trust: .venv/ready-dev  ## N changed codes from SEED: none may be accepted, none may crash
	@$(PYTHON) -m tests.trust.fuzz $(N) $(SEED)

bench-intake: .venv/ready-dev
	@$(PYTHON) -m tests.bench.intake_bench $(N)

faults: .venv/ready-dev  ## every layer of docs/reliability.md, long form: hours; N cases where they are drawn, from SEED
	@$(PYTHON) -m tests.faults $(N) $(SEED)

bench-service: .venv/ready-dev
	@$(PYTHON) -m tests.bench.service_bench

bench-sync: .venv/ready-dev  ## a tenth of a day over 10 Mbit/s, less over 1 Mbit/s with cuts; SHARE=1 for all of it
	@$(PYTHON) -m tests.bench.sync_bench $(SHARE)

bench: bench-scan bench-register bench-trust bench-intake bench-service bench-sync  ## all measurements

lock:  ## make the locked requirements anew (needs pip-tools on the PATH)
	@pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options -o requirements/dev.txt requirements/dev.in
	@pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options -c requirements/dev.txt -o requirements/run.txt requirements/run.in

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .hypothesis
