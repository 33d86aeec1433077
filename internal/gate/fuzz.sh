#!/bin/sh
# Runs every fuzz target for the time given: go test fuzzes one target of one package at a time. What is found is written
# below testdata/fuzz of the package, to be committed with the repair.
set -eu
time=${1:?how long for each, such as 20s}

count=0
for file in $(grep -rlE --include='*_test.go' '^func Fuzz[A-Z]' . || :); do
    for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
        echo "== $target in $(dirname "$file")"
        go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" "$(dirname "$file")"
        count=$((count + 1))
    done
done
echo "fuzzed $count targets for $time each"
