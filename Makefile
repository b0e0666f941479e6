# The commands of the portal; each creates the virtual environment it needs. PORT=8001 make run: another port.
PYTHON ?= python3
BIN = .venv/bin
EMBEDDED = env -u DATABASE_URL -u REDIS_URL HTTPS=0

.PHONY: run test check nightly bench

run: .venv/installed
	@$(BIN)/python -m gen_portal.demo.run

# The fast suite, on SQLite: style, migrations, then every test that needs no server. ARGS="-k mot" picks tests.
test: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(EMBEDDED) DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run
	$(EMBEDDED) $(BIN)/python -m pytest -n 2 -q $(ARGS)

# Everything: the fast suite, then the whole one on PostgreSQL and Redis, then browser and killed workers.
check:
	.ci/run

# The same with full counts of properties and chaos.
nightly:
	GEN_FULL=1 .ci/run

# What pages cost beside their floors (docs/bench.md). ARGS="--fresh" remakes the databases; no figure makes it fail.
bench: .venv/installed-for-tests
	$(BIN)/python -m gen_portal.bench $(ARGS)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-for-tests: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/installed
