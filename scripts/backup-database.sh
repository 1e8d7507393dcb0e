#!/usr/bin/env bash
# The classic nightly backup, for cron: one database, described by environment variables, no holdfast.yml.
#
#   DB_NAME (required)  DB_USER (postgres)  DB_PASSWORD  DB_HOST (localhost)  DB_PORT (5432)
#   BACKUP_DIR (/var/backups/holdfast)  RETENTION_DAYS (30)  S3_BUCKET
#   BACKUP_RECIPIENT (file of an OpenPGP public key)  BACKUP_SECRET_KEY (file of its secret key, to prove the backup)
#   BACKUP_NOTIFICATION_WEBHOOK, BACKUP_NOTIFICATION_SECRET (whsec_...): used by the services, not by this script
#
# Makes the backup, proves it by restoring it, prunes. BACKUP_DIR/backup.log tells what happened; BACKUP_DIR/db/NAME/latest
# leads to the newest verified backup. Exit codes are those of holdfast: 0 done, 1 failed, 2 usage or configuration,
# 3 refused, 4 made, yet not verified (nothing is pruned then).
set -u

self=${BASH_SOURCE[0]}
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
here=$(cd -P "$(dirname "$self")" && pwd)
: "${HOLDFAST:=$here/../bin/holdfast}"

if [ -z "${DB_NAME:-}" ]; then
    echo "backup-database: DB_NAME is not set: name the database to back up, for example DB_NAME=shop $0" >&2
    exit 2
fi
: "${BACKUP_DIR:=/var/backups/holdfast}"
export DB_NAME BACKUP_DIR
# A file found by chance must not change what the variables say.
unset HOLDFAST_CONFIG
mkdir -p "$BACKUP_DIR" || exit 2
cd "$BACKUP_DIR" || exit 2

# The scratch server's socket path may have 107 bytes only, so it lies in the folder for temporary files.
scratch=
if [ -z "${HOLDFAST_VERIFIER_SCRATCH:-}" ]; then
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-scratch-XXXXXX") || exit 1
    chmod 711 "$scratch"
    export HOLDFAST_VERIFIER_SCRATCH=$scratch
fi
if [ -n "${BACKUP_SECRET_KEY:-}" ]; then
    export HOLDFAST_KEYS_SECRET_KEYS=$BACKUP_SECRET_KEY
fi
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT

log=$BACKUP_DIR/backup.log
note() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee -a "$log"; }

# Runs holdfast, its lines into the log as well; the exit code is holdfast's.
logged() {
    "$HOLDFAST" "$@" 2>&1 | while IFS= read -r line; do note "$line"; done
    return "${PIPESTATUS[0]}"
}

note "backup of $DB_NAME begins"
result=$("$HOLDFAST" backup "$("$HOLDFAST" config check --json | sed -n 's/^ *"databases" *: *\[ *"\([a-z0-9-]*\)".*/\1/p')" --direct --json \
    --reason "scripts/backup-database.sh" 2> >(while IFS= read -r line; do note "$line"; done))
status=$?
id=$(printf '%s\n' "$result" | sed -n 's/^  "backupId" *: *"\([^"]*\)".*/\1/p')
if [ "$status" != 0 ] || [ -z "$id" ]; then
    note "backup of $DB_NAME FAILED (exit $status)"
    [ "$status" != 0 ] || status=1
    exit "$status"
fi
logged verify "$id" --direct
status=$?
if [ "$status" != 0 ]; then
    note "backup $id was made, yet is NOT VERIFIED (exit $status); nothing is pruned"
    exit "$status"
fi
logged prune
status=$?
note "backup of $DB_NAME ends: $id, verified$([ "$status" = 0 ] || printf ', pruning failed (exit %s)' "$status")"
exit "$status"
