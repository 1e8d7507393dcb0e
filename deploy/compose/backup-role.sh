#!/bin/bash
# The role that dumps. Role passwords, which a whole recovery needs, are readable by a superuser only (manual, "pg_authid").
set -eu
psql -X -v ON_ERROR_STOP=1 --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$(cat /run/holdfast/backup-role)" <<'SQL'
CREATE ROLE backup LOGIN SUPERUSER PASSWORD :'password';
SQL
