#!/bin/bash
# Makes, at the first start only, every secret of the stack: each in a volume that only its owner mounts. What is there stays.
set -eu

OWNER=10001 # the image's user

random() { head -c "$1" /dev/urandom | base64 -w0; }

# keep FOLDER NAME COMMAND...: FOLDER/NAME holds what the command prints, unless it is there; written whole or not at all.
keep() {
    local file=/secrets/$1/$2
    shift 2
    [ ! -s "$file" ] || return 0
    "$@" > "$file.new"
    chmod 400 "$file.new"
    chown $OWNER:$OWNER "$file.new"
    mv "$file.new" "$file"
}

# The key pair: the public half to all, the secret half to the verifier only.
if [ ! -s /secrets/public/backup.pub.asc ] || [ ! -s /secrets/verifier/backup.sec.asc ]; then
    if [ -s /secrets/verifier/backup.sec.asc ]; then
        echo "the public key is gone while the secret key is there: restore the volume public-keys, or nothing can be encrypted" >&2
        exit 1
    fi
    folder=$(mktemp -d)
    holdfast key new "$folder"
    keep verifier backup.sec.asc cat "$folder/backup.sec.asc"
    keep public backup.pub.asc cat "$folder/backup.pub.asc"
    rm -rf "$folder"
fi
chmod 444 /secrets/public/backup.pub.asc

# The database's passwords: the server's superuser, and the role that dumps, which both sides must know.
keep worker database random 24
keep postgres backup-role cat /secrets/worker/database
keep postgres superuser random 24
chmod 444 /secrets/postgres/* # the server's user is another image's; nobody else mounts this volume

# Who signs what subscribers get.
keep notifier webhook bash -c 'printf whsec_; head -c 32 /dev/urandom | base64 -w0'

# An S3 identity for each service that sees the repository, as a store that checks them would want it.
for service in scheduler worker verifier retention; do
    keep $service s3-access-key printf 'holdfast-%s' $service
    keep $service s3-secret-key random 30
done
echo "The secrets of the stack are there."
