#!/usr/bin/env bash
# Runs a command beside a PostgreSQL and a MariaDB server of its own, on loopback, in a temporary folder; both are gone afterwards.
#   tests/servers/with.sh cargo test
# The servers come from the system's packages: apt-get install postgresql mariadb-server
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4s/^# \?//p' "$0"; exit 2; }

folder=$(mktemp -d /tmp/iesiz-servers.XXXXXX)
chmod 755 "$folder"
pg_bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1 || command -v initdb)")
# Servers refuse to run as root.
as() { local user=$1; shift; if [ "$(id -u)" = 0 ]; then (cd "$folder" && exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"); else "$@"; fi; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

stop() {
  local status=$?
  [ ! -f "$folder/run/my.pid" ] || kill -9 "$(cat "$folder/run/my.pid")" 2>/dev/null || true
  [ -z "${pg_port:-}" ] || as postgres "$pg_bin/pg_ctl" -D "$folder/pg" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT INT TERM

echo made-up > "$folder/password"
mkdir "$folder/pg" "$folder/my" "$folder/run"
if [ "$(id -u)" = 0 ]; then chown postgres "$folder/pg"; chown mysql "$folder/my"; chmod 1777 "$folder/run"; fi

as postgres "$pg_bin/initdb" -D "$folder/pg" -U tester --auth=scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C >/dev/null
pg_port=$(free_port)
as postgres "$pg_bin/pg_ctl" -D "$folder/pg" -w -l "$folder/run/pg.log" \
  -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder/run -c fsync=off -c max_connections=200 -c shared_buffers=64MB" start >/dev/null

as mysql mariadb-install-db --no-defaults --datadir="$folder/my" --auth-root-authentication-method=normal --skip-test-db >/dev/null 2>&1
my_port=$(free_port)
as mysql /usr/sbin/mariadbd --no-defaults --datadir="$folder/my" --socket="$folder/run/my.sock" --port="$my_port" --bind-address=127.0.0.1 \
  --pid-file="$folder/run/my.pid" --log-error="$folder/run/my.log" --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M &
for _ in $(seq 200); do mariadb-admin --no-defaults -uroot -S "$folder/run/my.sock" ping >/dev/null 2>&1 && break; sleep 0.1; done
mariadb --no-defaults -uroot -S "$folder/run/my.sock" -e \
  "create user tester@'127.0.0.1' identified by 'made-up'; grant all on *.* to tester@'127.0.0.1' with grant option"

export IESIZ_TEST_POSTGRES="postgres://tester:made-up@127.0.0.1:$pg_port/postgres" IESIZ_TEST_POSTGRES_DATA="$folder/pg"
export IESIZ_TEST_MYSQL="mysql://tester:made-up@127.0.0.1:$my_port/" IESIZ_TEST_MYSQL_DATA="$folder/my"
"$@"
