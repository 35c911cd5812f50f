#!/usr/bin/env bash
# Checks the container files, and drives the program as the image does: as another user who may write to nothing but
# the data folder, with its key in a file. Needs no Docker.
#
#   docker/check.sh           builds the program as the image has it
#   docker/check.sh --debug   takes target/debug/traccia
#
# hadolint reads the Dockerfile and Docker Compose its files where they are there; with CI=true they must be.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
place=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill -KILL "$server"; rm -rf "$place"' EXIT

say() { echo "docker/check: $*"; }

fail() {
    echo "docker/check: $*" >&2
    exit 1
}

skip() {
    [[ ${CI:-} != true ]] || fail "there is no $1, and CI=true"
    say "skipped: no $1 here to read $2"
}

read_dockerfile() {
    local hadolint
    if hadolint=$(.ci/tool hadolint); then "$hadolint" docker/Dockerfile; else skip hadolint docker/Dockerfile; fi
    # What linters do not ask: the toolchain of the workspace, one Debian for what is built and what runs, and digests,
    # since a tag may be another image tomorrow.
    local rust
    rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    grep -q "^FROM rust:$rust-slim-bookworm@" docker/Dockerfile || fail "the builder is not Rust $rust on Debian 12"
    grep -q '^FROM gcr.io/distroless/cc-debian12:nonroot@' docker/Dockerfile || fail "the image is not Debian 12"
    if grep -hE '^# syntax=|^FROM |^ +image: |TAR=' docker/Dockerfile docker/compose*.yaml docker/README.md |
        grep -Ev '@sha256:[0-9a-f]{64}( |$)|image: traccia:'; then
        fail "these images are not pinned by digest"
    fi
}

read_compose() {
    local -a compose
    if docker compose version >/dev/null 2>&1; then
        compose=(sh -c 'docker compose --file "$0" config --quiet')
    elif command -v go >/dev/null; then
        # The library by which Docker Compose reads its files.
        (cd docker/compose-check && go build -buildvcs=false -o "$target/compose-check" .)
        compose=("$target/compose-check")
    else
        skip "Docker Compose, nor Go to build its reader" "Compose files"
        return
    fi
    for file in compose.yaml compose.mongo.yaml; do
        # Any group will do to read the files.
        (cd docker && SECRETS_GID=${SECRETS_GID:-1000} "${compose[@]}" $file >/dev/null) || fail "Compose refuses $file"
    done
}

# It may need nothing that distroless/cc lacks.
check_libraries() {
    local strange
    strange=$(ldd "$1" | awk '{ sub(/.*\//, "", $1); print $1 }' |
        grep -Ev '^(linux-vdso|ld-linux[-a-z0-9_]*|libc|libm|libdl|libpthread|librt|libgcc_s)\.so' || true)
    [[ -z $strange ]] || fail "the image has no $strange"
    say "$(($(stat -c %s "$1") / 1000000)) MB"
}

# As the HEALTHCHECK of the image.
health() { env -i TRACCIA_URL="$url" "${user[@]}" "$place/traccia" health >/dev/null; }

# The address that the server says it listens on, within half a minute.
announced() {
    local url
    for ((tries = 0; tries < 300; tries++)); do
        url=$(sed -n 's/^Traccia listens on //p' "$place/log")
        [[ -z $url ]] || { echo "$url"; return; }
        kill -0 "$server" || return
        sleep 0.1
    done
    return 1
}

drive() {
    install -m 755 "$1" "$place/traccia"
    install -d -m 700 "$place/data"
    install -d -m 555 "$place/empty"
    install -m 640 /dev/stdin "$place/key" <<<'check:secret-of-the-check'
    chmod 755 "$place"
    user=()
    if [[ $(id -u) == 0 ]]; then
        chown 65532:65532 "$place/data"
        chgrp 4242 "$place/key"
        user=(setpriv --reuid=65532 --regid=65532 --groups=4242 --no-new-privs --inh-caps=-all --bounding-set=-all)
    fi
    (cd "$place/empty" && exec env -i TRACCIA__DATA="$place/data" SQLITE_TMPDIR="$place/data" TMPDIR="$place/data" \
        TRACCIA__LISTEN=127.0.0.1:0 TRACCIA_SEED_KEY_FILE="$place/key" \
        "${user[@]}" "$place/traccia" serve) >"$place/log" 2>&1 &
    server=$!
    url=$(announced) || { cat "$place/log" >&2; fail "it does not start as user 65532"; }
    health || fail "the health check fails while it serves"
    local of=https://example.org
    echo '{"actor":{"mbox":"mailto:check@example.org"},"verb":{"id":"'$of'/did"},"object":{"id":"'$of'/it"}}' |
        "$place/traccia" import --url "$url" --key "$(cat "$place/key")" - >"$place/said" 2>&1 ||
        { cat "$place/said" >&2; fail "it stores no statement"; }
    kill -TERM "$server"
    wait "$server" || { cat "$place/log" >&2; fail "it does not stop as asked"; }
    server=
    if health 2>"$place/said"; then fail "the health check succeeds while nothing serves"; fi
    [[ $(wc -l <"$place/said") == 1 ]] || fail "the health check says more than one line"
    [[ -z $(ls -A "$place/empty") && -n $(ls -A "$place/data") ]] || fail "it writes beside its data folder"
    say "serves as another user, is healthy, stores, stops"
}

read_dockerfile
read_compose
if [[ ${1:-} == --debug ]]; then
    drive "$target/debug/traccia"
else
    cargo build --release --locked --package traccia --bin traccia
    check_libraries "$target/release/traccia"
    drive "$target/release/traccia"
fi
