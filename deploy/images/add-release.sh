#!/bin/sh
# Makes packages of another Debian release ($1) available beside those of this image's own, which stay preferred.
set -e
. /etc/os-release
[ "$1" != "$VERSION_CODENAME" ] || exit 0
for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
    [ -e "$file" ] || continue
    sed "s/$VERSION_CODENAME/$1/g" "$file" > "/etc/apt/sources.list.d/$1.${file##*.}"
done
printf 'Package: *\nPin: release n=%s*\nPin-Priority: 100\n' "$1" > "/etc/apt/preferences.d/$1"
