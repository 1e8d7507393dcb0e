#!/usr/bin/env bash
# The classic nightly backup, for cron: one database, described by environment variables, no holdfast.yml.
#
#   DB_NAME (required)  DB_USER (postgres)  DB_PASSWORD  DB_HOST (localhost)  DB_PORT (5432)
#   BACKUP_DIR (/var/backups/holdfast; with S3_BUCKET alone only the log lies there)  RETENTION_DAYS (30)
#   S3_BUCKET  AWS_REGION (us-east-1); another store than Amazon's: HOLDFAST_REPOSITORIES_S3_ENDPOINT, ..._PATHSTYLE=true
#   BACKUP_RECIPIENT (file of an OpenPGP public key)  BACKUP_SECRET_KEY (file of its secret key, to prove the backup)
#   BACKUP_NOTIFICATION_WEBHOOK (gets a POST when the backup failed or was made, and when it was proven or not)
#   BACKUP_NOTIFICATION_SECRET (required with it; whsec_ and a Base64 key: signs as Standard Webhooks has it)
#
# Makes the backup, proves it by restoring it, prunes. BACKUP_DIR/backup.log tells what happened; BACKUP_DIR/db/NAME/latest
# leads to the newest verified backup. Exit codes are those of holdfast: 0 done, 1 failed, 2 usage or configuration
# (nothing was tried), 3 refused, 4 made, yet not verified (nothing is pruned then).
set -u

self=${BASH_SOURCE[0]}
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
here=$(cd -P "$(dirname "$self")" && pwd)
: "${HOLDFAST:=$here/../bin/holdfast}"

refuse() {
    printf 'backup-database: %s\n' "$*" >&2
    exit 2
}

# Holdfast is started from another folder, so relative paths are made absolute here.
absolute() {
    case $1 in /*) printf '%s' "$1" ;; *) printf '%s' "$PWD/$1" ;; esac
}

[ -n "${DB_NAME:-}" ] || refuse "DB_NAME is not set: name the database to back up, for example DB_NAME=shop $0"
notify=()
if [ -n "${BACKUP_NOTIFICATION_WEBHOOK:-}" ]; then
    [ -n "${BACKUP_NOTIFICATION_SECRET:-}" ] || refuse "BACKUP_NOTIFICATION_WEBHOOK is set and BACKUP_NOTIFICATION_SECRET is not:" \
        "deliveries are always signed. Make a key, give it to the receiver too, and set it: whsec_\$(openssl rand -base64 32)"
    notify=(--notify)
else
    # Set and empty means the same as not set.
    unset BACKUP_NOTIFICATION_WEBHOOK BACKUP_NOTIFICATION_SECRET
fi

folder=$(absolute "${BACKUP_DIR:-/var/backups/holdfast}")
mkdir -p "$folder" || refuse "cannot make $folder: make it writable for $(id -un), or set BACKUP_DIR"
if [ -n "${BACKUP_DIR:-}" ] || [ -z "${S3_BUCKET:-}" ]; then export BACKUP_DIR=$folder; else unset BACKUP_DIR; fi
[ -n "${S3_BUCKET:-}" ] || unset S3_BUCKET
log=$folder/backup.log
{ : >>"$log"; } 2>/dev/null || refuse "cannot write $log: make it writable for $(id -un), or set BACKUP_DIR"
if [ -n "${BACKUP_RECIPIENT:-}" ]; then
    BACKUP_RECIPIENT=$(absolute "$BACKUP_RECIPIENT")
    export BACKUP_RECIPIENT
else
    unset BACKUP_RECIPIENT
fi
if [ -n "${BACKUP_SECRET_KEY:-}" ]; then
    HOLDFAST_KEYS_SECRET_KEYS=$(absolute "$BACKUP_SECRET_KEY")
    export HOLDFAST_KEYS_SECRET_KEYS
fi

# An empty folder of our own: no holdfast.yml is found here by chance, and the scratch server's socket path, which may
# have 107 bytes only, is short.
work=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
chmod 711 "$work"
if [ -z "${HOLDFAST_VERIFIER_SCRATCH:-}" ]; then
    mkdir "$work/scratch"
    export HOLDFAST_VERIFIER_SCRATCH=$work/scratch
fi
cd "$work" || exit 1
unset HOLDFAST_CONFIG

note() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee -a "$log"; }

# Runs holdfast; what it tells goes into the log, what it prints as JSON into the file result. The exit code is holdfast's.
logged() {
    "$HOLDFAST" "$@" 2>&1 >result | while IFS= read -r line; do note "$line"; done
    return "${PIPESTATUS[0]}"
}

# Prints the first value of a key of the file result.
value() { sed -n 's/^ *"'"$1"'" *: *\(\[ *\)\{0,1\}"\([^"]*\)".*/\2/p' result | head -n 1; }

note "backup of $DB_NAME begins"
logged config check --json || {
    status=$?
    note "backup of $DB_NAME FAILED (exit $status): the variables above are wrong, nothing was tried"
    exit "$status"
}
if [ "$(value origin)" != environment ]; then
    note "backup of $DB_NAME FAILED (exit 2): $(value origin) is in the way of the variables; use 'holdfast backup' with it"
    exit 2
fi
logged backup "$(value databases)" --direct --json --reason "scripts/backup-database.sh" ${notify[@]+"${notify[@]}"}
status=$?
id=$(value backupId)
if [ "$status" != 0 ] || [ -z "$id" ]; then
    note "backup of $DB_NAME FAILED (exit $status)"
    [ "$status" != 0 ] || status=1
    exit "$status"
fi
# Every copy that was meant to be: one that was lost, or rotted on its way, must not hide behind another.
copies=
[ -z "${BACKUP_DIR:-}" ] || copies=local
[ -z "${S3_BUCKET:-}" ] || copies="$copies s3"
for copy in $copies; do
    logged verify "$id" --direct --repository "$copy" --json ${notify[@]+"${notify[@]}"}
    status=$?
    if [ "$status" != 0 ]; then
        detail=$(value detail)
        # However the proof failed, a backup was made: that is what 4 says to whoever started this.
        note "backup $id was made, yet its copy in $copy is NOT VERIFIED (exit 4; holdfast verify: $status)${detail:+: $detail}; nothing is pruned"
        exit 4
    fi
    note "backup $id is verified in $copy"
done
logged prune --json
status=$?
sed -n 's/^ *"rule" *: .*/pruned/p' result | wc -l | while read -r count; do note "pruned $count backups"; done
note "backup of $DB_NAME ends: $id, verified$([ "$status" = 0 ] || printf ', pruning failed (exit %s)' "$status")"
exit "$status"
