#!/usr/bin/env bash
# Does outside of a container what docker/Dockerfile does inside one, and checks what comes out.
#
#   docker/check.sh           builds as the image is built, and drives the product
#   docker/check.sh --debug   the same in the debug profile: quick where the tests were built
#   docker/check.sh --files   only reads Dockerfile and Compose files
#
# The commands are read out of the Dockerfile, so the two cannot differ. Needs no Docker. Compose is
# asked about its files where it is there; with CI=true it is made to be there.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
dockerfile=$root/docker/Dockerfile
target=${CARGO_TARGET_DIR:-$root/target}
mkdir -p "$target" && target=$(cd "$target" && pwd)
# What an image of distroless/cc has to link with.
provided='linux-vdso|ld-linux[-a-z0-9_]*|libc|libm|libdl|libpthread|librt|libgcc_s'
compose_check=$target/compose-check
# Outside of the target folder: cargo would take sources in there for things that it made itself,
# and not notice any more what changes in the real tree.
place=$(mktemp -d)
source_tree=$place/src
out=$place/out
server=

main() {
    local what=${1:-all}
    trap clean EXIT
    case $what in
        all) check_files; build release; check_product ;;
        --debug) check_files; build debug; check_product ;;
        --files) check_files ;;
        *) fail "usage: docker/check.sh [--debug | --files]" ;;
    esac
}

clean() {
    if [[ -n $server ]]; then
        kill -KILL "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$place"
}

say() { echo "docker/check: $*"; }

fail() {
    echo "docker/check: $*" >&2
    exit 1
}

# The instructions of a stage, one a line, with continued lines joined and comments gone.
# The stage has a name, or is `final`: the last one.
stage() {
    awk -v wanted="$1" '
        /^[ \t]*(#|$)/ { next }
        { line = line $0 }
        line ~ /\\$/ { sub(/[ \t]*\\$/, " ", line); next }
        { gsub(/[ \t]+/, " ", line); all[++count] = line; line = "" }
        END {
            for (i = 1; i <= count; i++) {
                split(all[i], word, " ")
                if (word[1] == "FROM") { stages++; name = word[4] }
                number[i] = stages; named[i] = name
            }
            for (i = 1; i <= count; i++) {
                if (named[i] == wanted || (wanted == "final" && number[i] == stages)) print all[i]
            }
        }' "$dockerfile"
}

# What follows this instruction in this stage, one a line.
after() {
    stage "$1" | sed -n "s/^$2 //p"
}

# ["a", "b"] as words.
words() {
    tr -d '[]",' <<<"$1"
}

# The file in the stage `build` that becomes the image's program.
product_in_stage() {
    local program from to
    program=$(words "$(after final ENTRYPOINT)")
    while read -r from to; do
        if [[ $to == "$program" ]]; then echo "$from"; fi
    done < <(after final COPY | sed -n 's/^--from=build //p')
}

check_files() {
    check_bases
    check_pins
    check_final_stage
    check_compose
    say "what was checked of the files is sound"
}

check_bases() {
    local builder base rust wanted
    builder=$(after build FROM)
    base=$(after final FROM)
    rust=$(sed -n 's/^rust:\([0-9.]*\)-.*/\1/p' <<<"$builder")
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    [[ $rust == "$wanted" ]] || fail "the builder has Rust $rust, Cargo.toml asks for $wanted"
    case "$builder $base" in
        *-bookworm*debian12*) ;;
        *-trixie*debian13*) ;;
        *) fail "builder and image are not of the same Debian: $builder, $base" ;;
    esac
}

# What comes from a registry is named by its digest: a tag may be another image tomorrow.
check_pins() {
    local loose
    loose=$({
        sed -n 's/^# syntax=//p; s/^FROM \([^ ]*\).*/\1/p' "$dockerfile"
        sed -n 's/^ *image: //p' "$root"/docker/compose*.yaml
        grep -o 'debian:12-slim[^ ]*' "$root/docker/README.md"
    } | grep -v '^traccia:' | grep -Evx '.*@sha256:[0-9a-f]{64}' || true)
    [[ -z $loose ]] || fail "not pinned by digest: $loose"
}

check_final_stage() {
    local program data port
    program=$(words "$(after final ENTRYPOINT)")
    [[ -n $(product_in_stage) ]] || fail "ENTRYPOINT $program is not copied from the stage build"
    [[ $(after final USER) == 65532* ]] || fail "the image does not run as user 65532"
    [[ $(after final HEALTHCHECK) == *"CMD [\"$program\", "* ]] \
        || fail "HEALTHCHECK does not run $program without a shell"
    data=$(after final ENV | sed -n 's/^TRACCIA__DATA=//p')
    [[ -n $data && $data == "$(after final VOLUME)" ]] || fail "VOLUME is not TRACCIA__DATA"
    port=$(after final ENV | sed -n 's/^TRACCIA__LISTEN=.*://p')
    [[ -n $port && $port == "$(after final EXPOSE)" ]] || fail "EXPOSE is not TRACCIA__LISTEN's port"
    [[ $(after build RUN) == *"cargo build "*"--locked"* ]] || fail "the build is not --locked"
}

check_compose() {
    local file
    # Any group will do to read the files.
    export SECRETS_GID=${SECRETS_GID:-1000}
    if ! find_compose; then
        [[ ${CI:-} == true ]] || { say "skipped: no Docker Compose here to read its files"; return; }
        install_compose
        find_compose || fail "Docker Compose was installed, but does not run"
    fi
    for file in compose.yaml compose.mongo.yaml; do
        (cd "$root/docker" && "${compose[@]}" "$file" "${quietly[@]}" >/dev/null) \
            || fail "Compose refuses docker/$file"
    done
    say "${compose[*]} takes both files"
}

# Sets the words before and after a file's name that make Compose read it: Compose of version 2 or
# newer, or else its reader alone.
find_compose() {
    local candidate
    for candidate in "docker compose" docker-compose /usr/libexec/docker/cli-plugins/docker-compose; do
        read -ra compose <<<"$candidate --file"
        quietly=(config --quiet)
        if $candidate version --short 2>/dev/null | grep -Eq '^v?([2-9]|[1-9][0-9])\.'; then
            return 0
        fi
    done
    compose=("$compose_check")
    quietly=()
    [[ -x $compose_check ]]
}

# From the distribution where it has version 2. Else the reader alone, which is small.
install_compose() {
    local package
    if command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
        apt-get update --quiet=2 || true
        for package in docker-compose-v2 docker-compose; do
            if apt-cache show "$package" 2>/dev/null | grep -Eq '^Version: ([2-9]|[1-9][0-9])\.'; then
                say "installing $package"
                DEBIAN_FRONTEND=noninteractive \
                    apt-get install --quiet=2 --yes --no-install-recommends "$package"
                return
            fi
        done
    fi
    command -v go >/dev/null || fail "no package of Docker Compose 2, and no Go to build its reader"
    say "building docker/compose-check, the reader of Docker Compose"
    (cd "$root/docker/compose-check" && go build -buildvcs=false -o "$compose_check" .)
}

# Runs the instructions of the stage `build` in a copy of what they copy.
build() {
    local profile=$1 instruction rest
    mkdir "$source_tree" "$out"
    local -a environment=()
    while read -r instruction rest; do
        case $instruction in
            FROM | WORKDIR) ;;
            ENV) environment+=("$(variable "$rest")") ;;
            COPY) copy "$rest" ;;
            RUN) run "$profile" "$rest" ;;
            *) fail "$instruction in the stage build is not known to this script" ;;
        esac
    done < <(stage build)
}

# A variable of the stage, with folders of this machine in place of the image's.
variable() {
    case $1 in
        CARGO_TARGET_DIR=*) echo "CARGO_TARGET_DIR=$target" ;;
        OUT=*) echo "OUT=$out" ;;
        *) echo "$1" ;;
    esac
}

# Copies files that git knows or would take, with their times, so that cargo sees what changed.
copy() {
    local -a names
    local to name file pattern
    read -ra names <<<"$1"
    to=${names[-1]}
    unset 'names[-1]'
    cd "$root"
    for name in "${names[@]}"; do
        [[ $to == ./ || $to == "$name" ]] || fail "COPY $1: only to ./ or to the same name"
        [[ -e $name ]] || fail "COPY $1: there is no $name"
        while IFS= read -r -d '' file; do
            if [[ -e $file ]]; then cp --preserve=mode,timestamps --parents "$file" "$source_tree"; fi
        done < <(git ls-files -z --cached --others --exclude-standard -- "$name")
    done
    while read -r pattern; do
        rm -rf "${source_tree:?}/$pattern"
    done < <(grep -v '^#' "$dockerfile.dockerignore")
}

run() {
    local profile=$1 command=$2
    while [[ $command == --* ]]; do command=${command#* }; done
    if [[ $profile == debug ]]; then
        command=${command//--release /}
        command=${command//\/release\//\/debug\/}
    fi
    say "$command"
    (cd "$source_tree" && env "${environment[@]}" sh -c "$command" </dev/null) \
        || fail "a RUN of the Dockerfile fails"
}

check_product() {
    local inside product version
    inside=$(product_in_stage)
    product=$out${inside#"$(after build ENV | sed -n 's/^OUT=//p')"}
    [[ -f $product && -x $product ]] || fail "the build made no $inside, which the image copies"
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    [[ $("$product" --version) == "traccia $version" ]] || fail "it is not traccia $version"
    check_libraries "$product"
    drive "$product"
}

# It may need nothing that the final image lacks.
check_libraries() {
    local product=$1 strange needs has
    strange=$(ldd "$product" 2>/dev/null | awk '{ sub(/.*\//, "", $1); print $1 }' \
        | grep -Ev "^($provided)\.so" | grep -v '^statically$' || true)
    [[ -z $strange ]] || fail "the image has no $strange"
    needs=$(grep --text --only-matching 'GLIBC_2\.[0-9]\+' "$product" | sort -uV | tail -1)
    has=GLIBC_$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)
    say "needs ${needs:-no glibc}; $(($(stat -c %s "$product") / 1000000)) MB"
    # Debian 12 has glibc 2.36. What a newer system links asks for more, and the builder is not newer.
    if [[ $(printf '%s\n' "$has" GLIBC_2.36 | sort -V | head -1) == "$has" ]]; then
        [[ $(printf '%s\n' "$needs" GLIBC_2.36 | sort -V | tail -1) == GLIBC_2.36 ]] \
            || fail "the image has glibc 2.36 and no $needs"
    fi
}

# Serves as the image does: another user, nothing to write to but the data folder, a key in a file that
# the user can read by its group alone.
drive() {
    local url program data
    program=$place/traccia
    data=$place/data
    chmod 755 "$place"
    install -m 755 "$1" "$program"
    install -d -m 700 "$data"
    install -d -m 555 "$place/empty"
    install -m 640 /dev/stdin "$place/key" <<<'check:secret-of-the-check'
    local -a user=()
    if [[ $(id -u) == 0 ]]; then
        chown 65532:65532 "$data"
        chgrp 4242 "$place/key"
        user=(setpriv --reuid=65532 --regid=65532 --groups=4242 --no-new-privs --inh-caps=-all --bounding-set=-all)
    fi
    : >"$place/log"
    local -a variables
    mapfile -t variables < <(after final ENV | sed "s|=$(after final VOLUME)$|=$data|")
    cd "$place/empty"
    # shellcheck disable=SC2046 # the words of CMD
    env -i "${variables[@]}" TRACCIA__LISTEN=127.0.0.1:0 TRACCIA_SEED_KEY_FILE="$place/key" \
        "${user[@]}" "$program" $(words "$(after final CMD)") >"$place/log" 2>&1 &
    server=$!
    url=$(announced) || { cat "$place/log" >&2; fail "it does not start as user 65532"; }
    health "$url" || fail "the health check fails while it serves"
    store_one "$url" || fail "it stores no statement"
    kill -TERM "$server"
    wait "$server" || { cat "$place/log" >&2; fail "it does not stop as asked"; }
    server=
    if health "$url" 2>"$place/said"; then fail "the health check succeeds while nothing serves"; fi
    [[ $(wc -l <"$place/said") == 1 ]] || fail "the health check says more than one line"
    [[ -z $(ls -A "$place/empty") && -n $(ls -A "$data") ]] || fail "it writes beside its data folder"
    say "serves as user $([[ ${#user[@]} == 0 ]] && id -u || echo 65532), is healthy, stores, stops"
}

# The address that the server says it listens on, within half a minute.
announced() {
    local url tries
    for ((tries = 0; tries < 300; tries++)); do
        url=$(sed -n 's/^Traccia listens on //p' "$place/log")
        if [[ -n $url ]]; then echo "$url"; return 0; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# The HEALTHCHECK of the image, asking this address.
health() {
    local -a command
    read -ra command < <(words "$(after final HEALTHCHECK | sed 's/.* CMD //')")
    env -i TRACCIA_URL="$1" "${user[@]}" "$program" "${command[@]:1}" >/dev/null
}

store_one() {
    local of=https://example.org
    echo '{"actor":{"mbox":"mailto:check@example.org"},"verb":{"id":"'$of'/did"},"object":{"id":"'$of'/it"}}' \
        >"$place/statement.ndjson"
    "$program" import --url "$1" --key "$(cat "$place/key")" "$place/statement.ndjson" >"$place/said" 2>&1 \
        || { cat "$place/said" >&2; return 1; }
}

main "$@"
