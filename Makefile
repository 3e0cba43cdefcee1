# make demo    the whole system on this machine        make test     everything that must hold
# make check   style, types, layers, configuration     make bench    figures, as ratios against baselines
# make test-timescale   what touches rows, again on TimescaleDB (as root: it unpacks a Debian in .venv)
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ARGS ?=

.PHONY: demo test test-timescale check fix bench screenshots docs lock units clean

demo: .venv/demo
	@$(BIN)/ioc demo $(ARGS)

# A file's tests stay together: its servers and its browser are started once.
test: .venv/dev .venv/debian
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

# What writes, keeps, counts and shows rows, on TimescaleDB's Apache edition; its own tests meet the community's too.
TIMESCALE := $(addprefix tests/ingest/test_,timescale.py schema.py store_laws.py register.py availability.py evidence.py) \
  tests/ioc/test_database.py tests/deploy/test_backup.py \
  $(wildcard $(addprefix tests/dashboards/test_,every_indicator.py definitions.py boards.py board_rows.py queries.py running_hour.py))

test-timescale: .venv/dev .venv/trixie/ready .venv/pglite/ready
	IOC_TEST_POSTGRES=timescale $(BIN)/pytest $(if $(ARGS),$(ARGS),$(TIMESCALE))

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ioc check --config docs/ioc.example.toml

fix: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/bench .venv/debian
	$(BIN)/python -m tests.bench $(ARGS)

# Every page of the screen in each size and theme, to be looked at.
screenshots: .venv/dev .venv/debian
	$(BIN)/python -m tests.screen.pictures $(if $(ARGS),$(ARGS),build/screenshots)

# What CI installs: written after a deliberate upgrade.
lock: .venv/bench
	$(BIN)/pip freeze --exclude-editable | grep -v '^setuptools==' > requirements.lock

# The boards' files and docs/reference, from the definitions of settings, numbers, boards and rules.
docs: .venv/dev
	$(BIN)/ioc dashboards build
	$(BIN)/ioc reference

# The nation's units again, after an upgrade of their packages.
units: .venv/dev
	$(BIN)/python -m tests.ingest.make_units

clean:
	rm -rf .venv build *.egg-info

.venv/made:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "python3-venv is missing: apt-get install python3-venv (as root), then again"; exit 2; fi; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/demo: .venv/made pyproject.toml requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[embedded]'
	@touch $@

.venv/dev: .venv/made pyproject.toml requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@

.venv/bench: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[bench]'
	@touch $@

# Real peers for tests: broker, browser, SNMP agent, RTSP servers; who is not root installs them once by hand.
DEBIAN := mosquitto mosquitto-clients caddy openssl systemd chromium snmpd snmp ffmpeg python3-gi gir1.2-gst-rtsp-server-1.0 \
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly

.venv/debian: .venv/made Makefile
	@dpkg -s $(DEBIAN) >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN) >/dev/null; \
	  else echo "the tests need Debian's $(DEBIAN): apt-get install them (as root), then again"; exit 2; fi; }
	@touch $@

.venv/trixie/ready: .venv/made tests/peers/trixie.sh
	@tests/peers/trixie.sh .venv/trixie

# The community edition, compiled for Node; a machine that has Node from elsewhere keeps it.
.venv/pglite/ready: .venv/made $(wildcard tests/peers/pglite/* tests/peers/pglite/.npmrc)
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; \
	  else echo "the tests need Debian's nodejs and npm: apt-get install them (as root), then again"; exit 2; fi; }
	@mkdir -p $(@D) && cp -r tests/peers/pglite/. $(@D) && cd $(@D) && npm ci --silent
	@touch $@
