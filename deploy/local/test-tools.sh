#!/bin/sh
# Installs what the tests need besides Python: Chromium (its headless shell), Firefox, a Java runtime, Node with npm, a
# font, Poppler, OpenSSL, qpdf, and the packages of package-lock.json.  A command that is missing is installed from
# Debian, as root only.
set -eu

cd "$(dirname "$0")/../.."

say() { echo "test-tools: $*" >&2; }

missing_packages() {
    command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || echo chromium-headless-shell
    command -v firefox-esr >/dev/null || echo firefox-esr
    command -v java >/dev/null || echo default-jre-headless
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    # Independent programs that validate sealed PDFs.
    command -v pdfsig >/dev/null || echo poppler-utils
    command -v openssl >/dev/null || echo openssl
    command -v qpdf >/dev/null || echo qpdf
    # Without any font a browser draws boxes, and every width measured in a test is wrong.
    [ -n "$(find -L /usr/share/fonts -name 'DejaVuSans.ttf' -o -name 'LiberationSans-Regular.ttf' 2>/dev/null)" ] ||
        echo fonts-dejavu-core
}

may_install() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

install_from_debian() {
    # shellcheck disable=SC2086 - a list of package names
    apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null
}

# The headless shell of Chromium opens the pages of the tests with a quarter of the work; where Debian lacks it, the
# whole browser is enough.
if ! command -v chromium-headless-shell >/dev/null && command -v chromium >/dev/null && may_install; then
    say "installing from Debian: chromium-headless-shell"
    install_from_debian chromium-headless-shell || say "that did not come: the tests take the whole browser, and longer"
fi

missing=$(missing_packages | tr '\n' ' ')
if [ -n "$missing" ]; then
    if ! may_install; then
        say "the tests need these Debian packages: $missing(as root: apt-get install $missing)"
        exit 1
    fi
    say "installing from Debian: $missing"
    install_from_debian "$missing" || { say "trying once more"; install_from_debian "$missing"; } || {
        say "apt-get could not install: $missing"
        exit 1
    }
fi

stamp=$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)
if [ "$(cat node_modules/.stamp 2>/dev/null)" != "$stamp" ]; then
    say "installing the packages of package-lock.json"
    npm ci --ignore-scripts --silent || npm ci --ignore-scripts --loglevel=error
    echo "$stamp" >node_modules/.stamp
fi
