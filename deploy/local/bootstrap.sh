#!/bin/sh
# Makes .venv with the pinned packages, or updates it; does nothing when nothing changed.
#
#   deploy/local/bootstrap.sh run      what `make run` needs
#   deploy/local/bootstrap.sh dev      that, and what tests and checks need
#   deploy/local/bootstrap.sh python   prints the Python 3.13 it would use
#   deploy/local/bootstrap.sh uv       prints the uv it would use
#
# PYTHON=/path/to/python3.13 chooses the Python.  Without it, an existing .venv keeps its Python; else one that was built
# with profile-guided optimisation is preferred.  A .venv is updated, never removed.
set -eu

cd "$(dirname "$0")/../.."
tool=$PWD/.tool
newline='
'

say() { echo "bootstrap: $*" >&2; }
die() { say "$*"; exit 1; }

# Runs a command of uv; when it fails, once more with the system's own certificates, which networks need whose proxy
# decrypts TLS.
with_network() {
    mkdir -p "$tool"
    "$@" 2>"$tool/first-attempt.log" || UV_SYSTEM_CERTS=1 "$@"
}

# Prints the real path of a Python if it is a 3.13. It is run, since a name on PATH proves nothing: pyenv has shims for
# versions that are not installed.
real_python() {
    "$1" -c 'import os, sys; sys.exit(1) if sys.version_info[:2] != (3, 13) else print(os.path.realpath(sys.executable))' 2>/dev/null
}

# Prints every program of that name on PATH, in order.
on_path() {
    (IFS=:; for folder in $PATH; do [ -x "${folder:-.}/$1" ] && echo "${folder:-.}/$1"; done; true)
}

# Tells whether a Python was built with profile-guided optimisation, as those of distributions and of uv are; pages then
# take less processor time. Debian asks for that by a rule of its package, and not by --enable-optimizations; its own
# folder of wheels tells it.
is_optimised() {
    "$1" -c 'import sys, sysconfig; args = sysconfig.get_config_var("CONFIG_ARGS") or ""
sys.exit("--enable-optimizations" not in args and "=/usr/share/python-wheels" not in args)' 2>/dev/null
}

# Prints the paths that may be a Python 3.13, the likeliest first.
candidates() {
    on_path python3.13
    for candidate in "${HOME:-/nonexistent}"/.pyenv/versions/3.13*/bin/python "$tool"/python/*3.13*/bin/python3.13; do
        echo "$candidate"
    done
    on_path python3
}

# Prints the Python to use; fetches one when there is none.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        real_python "$PYTHON" && return
        say "PYTHON=$PYTHON is not a Python 3.13; looking further."
    elif [ -x .venv/bin/python ] && real_python .venv/bin/python >/dev/null; then
        # The Python of the .venv stays: another one would rebuild the .venv while somebody may be using it.
        readlink -f .venv/bin/python
        return
    fi
    found=$(candidates | while IFS= read -r candidate; do real_python "$candidate" || true; done)
    echo "$found" | while IFS= read -r candidate; do
        is_optimised "$candidate" && echo "$candidate" && exit 9
    done && is_any=0 || is_any=$?
    [ "$is_any" -eq 9 ] && return
    plain=${found%%"$newline"*}
    if [ -z "$plain" ]; then
        fetch_python
    elif ! fetch_optimised; then
        say "no Python 3.13 with profile-guided optimisation here, and none could be fetched; $plain will do, and is slower."
        echo "$plain"
    fi
}

fetch_python() {
    uv=$(find_uv) || exit 1
    say "no Python 3.13 here; uv fetches one into .tool/python"
    if fetch with_network env; then
        for candidate in "$tool"/python/*3.13*/bin/python3.13; do
            real_python "$candidate" && return
        done
    fi
    die "no Python 3.13 found and none could be fetched: install one and run again with PYTHON=/path/to/python3.13."
}

# Fetches an optimised Python, in one attempt and without messages, since there is another Python that works.
fetch_optimised() {
    uv=$(find_uv "$plain") && fetch env UV_HTTP_RETRIES=0 2>/dev/null || return
    for candidate in "$tool"/python/*3.13*/bin/python3.13; do
        is_optimised "$candidate" && real_python "$candidate" && return
    done
    return 1
}

# Has uv fetch a Python; the arguments are a command that runs uv, such as `env NAME=VALUE`.
fetch() {
    "$@" UV_PYTHON_INSTALL_DIR="$tool/python" "$uv" python install --quiet --no-bin 3.13 >&2
}

find_uv() {
    for candidate in $(command -v uv || true) "$tool/uv/bin/uv" "$tool/uv-packages/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    make_uv "$@"
}

# Installs uv, which is one program in a wheel for any Python 3, with the first pip that works, and prints its path.
make_uv() {
    mkdir -p "$tool"
    pythons=$(echo "${1:-}"; on_path python3.13; on_path python3)
    for attempt in venv target apt; do
        if [ "$attempt" = apt ]; then
            [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || break
            say "no working pip; installing Debian's python3-venv"
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } >&2 || break
        fi
        for python in $pythons; do
            "$python" -c '' 2>/dev/null || continue
            if [ "$attempt" = target ]; then
                "$python" -m pip install --quiet --require-hashes --upgrade --target "$tool/uv-packages" \
                    -r requirements/uv.txt >/dev/null 2>&1 || continue
                echo "$tool/uv-packages/bin/uv"
            else
                # --clear removes what an interrupted attempt left.
                "$python" -m venv --clear "$tool/uv" >/dev/null 2>&1 || continue
                "$tool/uv/bin/python" -m pip install --quiet --require-hashes -r requirements/uv.txt >&2 || continue
                echo "$tool/uv/bin/uv"
            fi
            return
        done
    done
    die "cannot install uv: no Python 3 with a working pip that reaches a package index (Debian: apt install python3-venv)."
}

# Prints the set of packages for `make run`: once tests were run here, theirs, which must not be removed.
set_name() {
    if [ -x .venv/bin/pytest ]; then echo dev; else echo local; fi
}

install() {
    python=$(find_python) || exit 1
    [ "$1" = dev ] && lock=requirements/dev.txt || lock=requirements/$(set_name).txt
    stamp=$({ echo "$python $lock"; cat "$lock"; } | sha256sum | cut -d' ' -f1)
    [ "$(cat .venv/.bootstrap 2>/dev/null)" = "$stamp" ] && [ -x .venv/bin/python ] && return
    uv=$(find_uv "$python") || exit 1
    say "installing the packages of $lock (Python: $python)"
    if [ "$(readlink -f .venv/bin/python 2>/dev/null)" != "$(readlink -f "$python")" ]; then
        "$uv" venv --quiet --allow-existing --no-project --python "$python" .venv
    fi
    rm -f .venv/.bootstrap
    with_network "$uv" pip sync --quiet --require-hashes --no-build --python .venv/bin/python "$lock" ||
        die "the packages of $lock could not be installed; uv says above why."
    echo "$stamp" >.venv/.bootstrap
}

case ${1:-} in
run | dev)
    mkdir -p .tool
    # Two at once would both write into one .venv.
    if [ -z "${BOOTSTRAP_LOCKED:-}" ] && command -v flock >/dev/null; then
        BOOTSTRAP_LOCKED=1 exec flock .tool/bootstrap.lock sh deploy/local/bootstrap.sh "$1"
    fi
    install "$1"
    ;;
python) find_python ;;
uv) find_uv ;;
*) die "say run, dev, python or uv" ;;
esac
