#!/bin/sh
# Fails and names the files that gofmt would change.
set -eu

files=$(find . -name '*.go' -not -path './.git/*' -exec gofmt -l {} +) # a file that does not parse ends this here
[ -z "$files" ] && exit 0
echo "not formatted (gofmt -w FILE):" >&2
echo "$files" >&2
exit 1
