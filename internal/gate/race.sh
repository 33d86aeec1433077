#!/bin/sh
# Runs the tests of the packages in RACE_PKGS (see Makefile) under the race detector, which alone needs a C compiler: the one
# that is there, or, as root on Debian, the distribution's. Without one it says so and lets the gate pass.
set -eu

compiler() { # CC may carry arguments
    set -- $(go env CC)
    command -v "$1" >/dev/null
}

if ! compiler; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo 'no C compiler here; installing the packages gcc and libc6-dev'
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev || :
    fi
    if ! compiler; then
        echo 'LEFT OUT: the race detector needs a C compiler and there is none (Debian: gcc libc6-dev)'
        exit 0
    fi
fi
export CGO_ENABLED=1
exec "${MAKE:-make}" --no-print-directory race
