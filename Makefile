# make run   build Traccia and start it with the demo programme
# make player the page in which learners play packages; without Node.js it is skipped
# make test  everything that must hold
# make web   build the browser UI into lrs/web/dist; without Node.js it is skipped
# make openapi write what the types of the browser UI are made of, after a change of the API
# make browser what browsers do with Traccia, in Chromium; without it, or Node.js, it is skipped
# make mongo all scenes on the MongoDB engine
# make mutants which wrong behaviour each conformance test notices
# make docker-check builds and drives what the image would hold, as it is released
# make dist  what is released, in dist/: an archive, a Debian package where cargo-deb is installed, and their checksums
# make soak  kills of servers under mixed load, on both engines; SOAK_SQLITE and SOAK_MONGODB are how many
# make fuzz  each fuzz target for FUZZ_SECONDS, or FUZZ_RUNS inputs; wants nightly Rust and cargo-fuzz
# make bench ratios against bare loops; takes a while and wants a quiet machine
# make bench peers the same load on Traccia and on xapi-rs, five minutes in all; PostgreSQL and xapi-rs are yours to install
# make bench growth ten million statements into an empty store: 6 GB of room for temporary files, ten minutes
# make sizes what statements and their indexes take in either engine, in bytes
# make attack what attacks do to good requests beside them; ATTACKS="voids readyz" for some, ATTACKS=--list for names,
#             STORE=mongodb for that engine

SHELL := /bin/sh
LISTEN ?= 127.0.0.1:8080
# The engine that `make attack` attacks.
STORE ?= sqlite
# For trying out only: the demo server listens on this machine alone.
export TRACCIA_SEED_KEY ?= demo:demo-secret

# Of a build that begins from nothing, what the next one would begin from is a sixth of the work.
ifeq ($(CI),true)
export CARGO_INCREMENTAL ?= 0
endif

FERRETDB := $${CARGO_TARGET_DIR:-target}/debug/ferretdb

# Which features a dependency has depends on the packages that a command names. All name these, so that there is one
# build of everything.
TESTED := --workspace --exclude fuzz

# Tests that need a MongoDB-compatible server, or promtool, are ignored, with that reason, where there is none. With CI=true
# they are run in any case, and fail without.
IGNORED = $$({ [ "$$CI" = true ] || [ -n "$$TRACCIA_TEST_MONGODB_URI" ] || [ -x $(FERRETDB) ]; } && echo --include-ignored) \
	$$([ "$$CI" = true ] || command -v promtool >/dev/null || echo --skip promtool_takes)

.PHONY: web web-test openapi run player test lint clippy node node-lint deny ferretdb promtool python built crates browser mongo docker docker-check mutants bench peers growth sizes attack dist soak fuzz

run: web player
	cargo run --release --package traccia --bin traccia -- serve --demo --data data --listen $(LISTEN)

# The UI is a part of the program: built before it.
web:
	lrs/web/run build

# The page in which learners play packages. Without Node.js it is left out, and the server says how it is built.
player:
	lrs/web/player/build

# Units of the UI and of the player, the sizes that a first visit loads, and the build that the browser tests look at.
web-test: web
	lrs/web/run test size
	lrs/web/player/build --test

openapi:
	TRACCIA_WRITE_OPENAPI=1 cargo test --package http-api --lib -- description_that
	lrs/web/run generate

# Cargo wants all cores for most of the time that it compiles; Node.js, Python and downloads want one, and run beside it.
test:
	tests/beside "$(MAKE) node deny ferretdb promtool python" "$(MAKE) clippy built"
	$(MAKE) crates browser docker

lint: clippy node-lint deny

clippy:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- --deny warnings

node-lint:
	lrs/web/player/build --check
	lrs/web/run check lint

node: node-lint web-test

deny:
	.ci/deny

# The server that the MongoDB engine is tested on. Without Go there is none; what needs it says so and is skipped.
ferretdb:
	tests/ferretdb/build $(FERRETDB)

# Without promtool, what needs it says so and is skipped.
promtool:
	tests/promtool/have

# DuckDB, pandas and Polars, with which tests read tables of data. Without Python, or without PyPI, those are skipped.
python:
	tests/data/setup $${CARGO_TARGET_DIR:-target}/debug/python

# The tests of all crates, the scenes, which drive the program, among them: so all of it is built before the first. One that
# fails does not hide the others.
crates: ferretdb promtool python
	cargo test $(TESTED) --no-fail-fast -- $(IGNORED)

built:
	cargo test $(TESTED) --no-run

# Each test starts the program on a folder of its own.
browser: built web
	tests/browser/run

# FerretDB's SQLite backend reads a whole collection for almost every query: cohorts of tens of thousands of
# statements take it minutes each. On a server of your own (TRACCIA_TEST_MONGODB_URI) they run as well.
TOO_LARGE := prog_2796_reports anci_reports formare_per_integrare_reports

# All scenes on the MongoDB engine. `crates` runs the contract, the conformance cases, the clusters and one scene through
# everything on it.
mongo: ferretdb built
	@export TRACCIA_TEST_STORE=mongodb; set -x; \
	if [ -n "$$TRACCIA_TEST_MONGODB_URI" ]; then \
		cargo test $(TESTED) --test scenes; \
	elif [ -x $(FERRETDB) ]; then \
		cargo test $(TESTED) --test scenes -- $(addprefix --skip ,$(TOO_LARGE)); \
	else echo "skipped: the scenes on MongoDB, for want of a server"; fi

# After the scenes, so that the program is built already.
docker:
	docker/check.sh --debug

docker-check:
	docker/check.sh

# Also a part of `make test`; here it prints its table.
mutants:
	cargo test $(TESTED) --test mutants -- --nocapture

# BENCH_QUICK=1 makes it a twentieth: to try the harness, not for figures.
bench:
	$(if $(filter peers growth,$(MAKECMDGOALS)),,tests/ferretdb/build $${CARGO_TARGET_DIR:-target}/release/ferretdb)
	cargo build --release --package traccia --package load --bin traccia --bin load
	$${CARGO_TARGET_DIR:-target}/release/load $(filter peers growth,$(MAKECMDGOALS))

# With `bench` or without, that part of it alone. XAPI_RS names the program of xapi-rs where it is not on PATH.
peers growth: bench
	@:

# Bytes are the same in any profile; this one is built already where `make test` ran.
sizes: ferretdb
	cargo build --package traccia --package load --bin traccia --bin load
	$${CARGO_TARGET_DIR:-target}/debug/load sizes

# Ports on loopback and folders of its own; fails where an aim does not hold. Figures need a quiet machine.
attack:
	cargo build --release --package traccia --package load --bin traccia --bin load
	if [ "$(STORE)" = mongodb ] && [ -z "$$TRACCIA_TEST_MONGODB_URI" ]; then \
		tests/ferretdb/build $${CARGO_TARGET_DIR:-target}/release/ferretdb; fi
	$${CARGO_TARGET_DIR:-target}/release/load attack --store $(STORE) $(ATTACKS)

dist: web player
	packaging/dist dist

# Kills of each engine; not a part of `make test`, which kills a few times.
SOAK_SQLITE ?= 1000
SOAK_MONGODB ?= 200

soak: ferretdb built
	TRACCIA_TEST_KILLS=$(SOAK_SQLITE) cargo test $(TESTED) --test scenes after_each_kill -- --nocapture
	@set -x; if [ -n "$$TRACCIA_TEST_MONGODB_URI" ] || [ -x $(FERRETDB) ]; then \
		TRACCIA_TEST_KILLS=$(SOAK_MONGODB) cargo test $(TESTED) --test cluster kills_under_load -- --include-ignored --nocapture; \
	else echo "skipped: kills on MongoDB, for want of a server"; fi

# Seconds and inputs for each target at most (-1: as many as come in that time). Traccia forbids unsafe code, so that without a
# sanitizer nothing of it is missed, and inputs come several times as fast; FUZZ_SANITIZER=address looks at its libraries too.
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?= -1
FUZZ_SANITIZER ?= none
# What inputs are made of at first: beside tests/fuzz/seeds, files of the project.
FUZZED := json timestamp duration statement multipart course_file learner_list presence_sheet query package manifest
SEEDS_course_file := lrs/demo/courses
SEEDS_statement := validator/tests/corpus/valid
SEEDS_json := validator/tests/corpus/valid

fuzz: $(addprefix fuzz-,$(FUZZED))

fuzz-%:
	@if ! cargo +nightly fuzz --version >/dev/null 2>&1; then \
		echo "skipped: fuzzing $*, for want of nightly Rust and cargo-fuzz (cargo install cargo-fuzz)"; exit 0; fi; \
	set -ex; mkdir -p tests/fuzz/corpus/$*; \
	cargo +nightly fuzz run --fuzz-dir tests/fuzz --sanitizer $(FUZZ_SANITIZER) $* tests/fuzz/corpus/$* \
		$(wildcard tests/fuzz/seeds/$*) $(SEEDS_$*) -- -max_total_time=$(FUZZ_SECONDS) -runs=$(FUZZ_RUNS)
