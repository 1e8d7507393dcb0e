#!/bin/bash
# Makes a cluster in $PGDATA at the first start, as POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS and
# POSTGRES_HOST_AUTH_METHOD say (the first three also as files, NAME_FILE), runs what lies in /docker-entrypoint-initdb.d
# while it answers on its socket only, and then starts the server.
set -eu

from_file() {
    local file="${1}_FILE"
    if [ -n "${!file:-}" ]; then
        [ -z "${!1:-}" ] || { echo "error: $1 and $file are both set; set one of them" >&2; exit 1; }
        export "$1"="$(cat "${!file}")"
        unset "$file"
    fi
}

initialise() {
    local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
        echo "error: the cluster would have no password: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
        exit 1
    fi
    eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(printf '%s\n' \"\${POSTGRES_PASSWORD:-}\") ${POSTGRES_INITDB_ARGS:-}"
    touch "$PGDATA/first-start"
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
    sed -i "s/^#\?listen_addresses = .*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
}

sql() {
    PGPASSWORD=${POSTGRES_PASSWORD:-} psql -X -v ON_ERROR_STOP=1 --no-password --username "$POSTGRES_USER" "$@"
}

first_start() {
    local file
    initialise
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
    if [ "$POSTGRES_DB" != postgres ]; then
        sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
    fi
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh) echo "running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
            *.sql) echo "running $file"; sql --dbname "$POSTGRES_DB" -f "$file" >/dev/null ;;
            *.sql.gz) echo "running $file"; gunzip -c "$file" | sql --dbname "$POSTGRES_DB" >/dev/null ;;
            '/docker-entrypoint-initdb.d/*') ;;
            *) echo "ignoring $file" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    rm "$PGDATA/first-start"
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

case ${1:-} in
    -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA"
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        chmod 700 "$PGDATA"
        exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$BASH_SOURCE" "$@"
    fi
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER
    from_file POSTGRES_DB
    export POSTGRES_USER=${POSTGRES_USER:-postgres}
    export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
    if [ -e "$PGDATA/first-start" ]; then
        echo "the first start was cut short; starting over"
        find "$PGDATA" -mindepth 1 -delete
    fi
    if [ -s "$PGDATA/PG_VERSION" ]; then
        echo "PostgreSQL Database directory appears to contain a database; Skipping initialization"
    else
        first_start
    fi
fi
exec "$@"
