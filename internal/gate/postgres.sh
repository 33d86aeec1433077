#!/bin/sh
# Makes sure that the tests find a PostgreSQL to start: the one that is there, or, as root on Debian, the distribution's own.
set -eu

if found=$(go run ./internal/gate/findpostgres 2>/dev/null); then
    echo "PostgreSQL: $found"
    exit 0
fi
# Once more for the reader: without an answer and for another reason than a missing PostgreSQL this shows it.
reason=$(go run ./internal/gate/findpostgres 2>&1 >/dev/null | grep -v '^exit status' || :)

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || [ -n "${AFTERSALES_TEST_POSTGRES_BIN:-}" ]; then
    echo "$reason" >&2
    exit 1
fi
case $reason in
"PostgreSQL is not installed"*) ;;
*)
    echo "$reason" >&2
    exit 1
    ;;
esac

echo 'PostgreSQL: none here; installing the package postgresql'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# The tests start servers of their own: the package shall neither make a database nor start a service.
apt-get install -y -qq --no-install-recommends postgresql-common
sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
apt-get install -y -qq --no-install-recommends postgresql
echo "PostgreSQL: $(go run ./internal/gate/findpostgres)"
