#!/bin/sh
# The one gate: what must hold before a change is merged, cheapest first. `make test` calls it; see `make help`.
# Each step can be run alone by the make target of its name. The first step that fails ends the gate.
set -u
cd "$(dirname "$0")/../.." || exit 1

MAKE=${MAKE:-make}
export MAKE
begun=$(date +%s)
summary=''

step() { # step NAME COMMAND...
    name=$1
    shift
    printf '\n=== %s\n' "$name"
    since=$(date +%s)
    "$@" || {
        printf '\ngate: FAILED at "%s" after %ss\n' "$name" $(($(date +%s) - begun)) >&2
        exit 1
    }
    summary="$summary
  $(printf '%4ss  %s' $(($(date +%s) - since)) "$name")"
}

step 'PostgreSQL is at hand' sh internal/gate/postgres.sh
step 'Go code is formatted' sh internal/gate/format.sh
step 'generated code is up to date' sh internal/gate/generated.sh
step 'migrations add up to the entities' "$MAKE" --no-print-directory migrations
step 'go vet' "$MAKE" --no-print-directory vet
if [ "${GATE_LINT:-no}" = yes ]; then
    step 'golangci-lint' "$MAKE" --no-print-directory lint
fi
step 'tests, on both database engines' "$MAKE" --no-print-directory test-go
step 'tests under the race detector' sh internal/gate/race.sh

printf '\ngate: passed in %ss%s\n' $(($(date +%s) - begun)) "$summary"
