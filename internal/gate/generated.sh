#!/bin/sh
# Generates again and fails when that changed anything: what is committed must be what the schemas say. Compares checksums
# before and after rather than asking git, so that it tells the same in a tree with changes and outside a checkout. It puts
# nothing back: the working copy then holds the right code, to look at and to commit.
set -eu

# Generators write beside or below the file that names them.
generated=$(grep -rl --include='*.go' '^//go:generate ' . | xargs -r -n 1 dirname | sort -u)

sums() {
    for dir in $generated; do
        find "$dir" -path ./.git -prune -o -type f -exec cksum {} +
    done | sort -u -k 3
}

before=$(mktemp)
after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT

sums >"$before"
"${MAKE:-make}" --no-print-directory generate
sums >"$after"
if cmp -s "$before" "$after"; then
    echo "unchanged: $(wc -l <"$after") files below" $generated
    exit 0
fi
echo 'out of date; now generated again, for you to look at and commit:' >&2
diff "$before" "$after" | awk '/^[<>]/ { print "  " $4 }' | sort -u >&2
exit 1
