# What this machine has and lacks. Sourced by bin/holdfast, bin/test and .ci/run; sets no options and changes nothing
# until `install_missing` has been allowed to.

JAVA_NEEDED=25
# Where JDKs and PostgreSQL lie; tests point them elsewhere.
: "${HOLDFAST_JVM_FOLDER:=/usr/lib/jvm}"
: "${HOLDFAST_POSTGRES_FOLDER:=/usr/lib/postgresql}"
CLUSTER_DROP_IN=/etc/postgresql-common/createcluster.d/holdfast-install.conf
START_POLICY=/usr/sbin/policy-rc.d

say() { printf '%s\n' "$*" >&2; }

# The folder that holds bin/, through symbolic links and with spaces in its path.
project_root() {
    local file=$1 link
    while [ -L "$file" ]; do
        link=$(readlink "$file")
        case $link in
            /*) file=$link ;;
            *) file=$(dirname "$file")/$link ;;
        esac
    done
    (cd -P "$(dirname "$file")/.." && pwd)
}

# Prints a JDK's major version from its `release` file, which costs no start of a JVM; nothing where there is none.
jdk_major() {
    [ -r "$1/release" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets JDK to the first JDK that is new enough: JAVA_HOME, the `java` on the path, then every one installed.
find_jdk() {
    local home major from_path=
    JDK=
    if command -v java >/dev/null 2>&1; then
        from_path=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
    fi
    for home in "${JAVA_HOME:-}" "$from_path" "$HOLDFAST_JVM_FOLDER"/*; do
        [ -n "$home" ] || continue
        major=$(jdk_major "$home")
        if [ -n "$major" ] && [ "$major" -ge "$JAVA_NEEDED" ]; then
            JDK=$home
            return 0
        fi
    done
    return 1
}

find_postgres() {
    local folder
    for folder in "$HOLDFAST_POSTGRES_FOLDER"/*/bin; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && [ -x "$folder/pg_dump" ] && [ -x "$folder/pg_amcheck" ]; then
            return 0
        fi
    done
    command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1 && command -v pg_dump >/dev/null 2>&1
}

# Collects in MISSING what of "$@" (jdk maven postgresql gnupg zstd curl prometheus mmdebstrap) is not there, one "name: why" a line.
find_missing() {
    local need
    MISSING= MISSING_REASONS=
    for need in "$@"; do
        case $need in
            jdk) find_jdk || missing jdk "a JDK, version $JAVA_NEEDED or newer: Holdfast is written for it" ;;
            maven) command -v mvn >/dev/null 2>&1 || missing maven "Maven (mvn): it builds Holdfast from its sources" ;;
            postgresql) find_postgres || missing postgresql "PostgreSQL server and client programs: databases are dumped by pg_dump, and proofs are made in a scratch server" ;;
            gnupg) command -v gpg >/dev/null 2>&1 || missing gnupg "GnuPG (gpg): shows that backups open without Holdfast" ;;
            zstd) command -v zstd >/dev/null 2>&1 || missing zstd "zstd: shows that backups open without Holdfast" ;;
            curl) command -v curl >/dev/null 2>&1 || missing curl "curl: fetches backups from S3 without Holdfast" ;;
            prometheus) command -v promtool >/dev/null 2>&1 || missing prometheus "Prometheus (promtool): tests the alerting rules; its server is not started" ;;
            mmdebstrap) command -v mmdebstrap >/dev/null 2>&1 || missing mmdebstrap "mmdebstrap: makes the images' base from Debian's packages" ;;
        esac
    done
    [ -z "$MISSING" ]
}

missing() {
    MISSING="$MISSING $1"
    MISSING_REASONS="$MISSING_REASONS  - $2
"
}

# Makes sure that "$@" is here. $ASSUME_YES=1 skips the question; without a terminal there is none to ask, so it stops.
ensure() {
    find_missing "$@" && return 0
    say "Missing on this machine:"
    printf '%s' "$MISSING_REASONS" >&2
    if ! command -v apt-get >/dev/null 2>&1; then
        say "This machine has no apt-get, so install these with its own package manager, then run this again."
        exit 2
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "Installing needs root, and there is no sudo here. As root, run: apt-get update && apt-get install$(packages_for $MISSING)"
        case " $MISSING " in
            *" jdk "*) [ -n "$(jdk_package)" ] || say "and install a JDK $JAVA_NEEDED or newer, which the package lists here do not offer (https://adoptium.net/installation/linux)" ;;
        esac
        exit 2
    fi
    if [ "${ASSUME_YES:-0}" != 1 ]; then
        if [ ! -t 0 ]; then
            say "There is no terminal to ask on. Run this again with --yes to install them with apt-get, or install them yourself."
            exit 2
        fi
        printf 'Install them now with apt-get%s? [y/N] ' "$([ "$(id -u)" = 0 ] || printf ' (sudo)')" >&2
        read -r answer
        case $answer in
            y | Y | yes | Yes | j | J) ;;
            *)
                say "Nothing was changed."
                exit 2
                ;;
        esac
    fi
    install_missing
    find_missing "$@" && return 0
    say "Still missing after the installation:"
    printf '%s' "$MISSING_REASONS" >&2
    exit 2
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" >&2; }

has_candidate() {
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [0-9]'
}

# The newest packaged JDK that is new enough, or nothing.
jdk_package() {
    local package
    for package in openjdk-25-jdk-headless temurin-25-jdk openjdk-26-jdk-headless temurin-26-jdk; do
        if has_candidate "$package"; then
            echo "$package"
            return 0
        fi
    done
}

packages_for() {
    local need
    for need in "$@"; do
        case $need in
            jdk) printf ' %s' "$(jdk_package)" ;;
            *) printf ' %s' "$need" ;;
        esac
    done
}

install_missing() {
    local packages
    say "Reading the package lists ..."
    apt update || { say "apt-get update failed (see above): check the network and the sources of apt, then run this again."; exit 2; }
    case " $MISSING " in
        *" jdk "*)
            if [ -z "$(jdk_package)" ]; then
                say "The package manager of this machine offers no JDK $JAVA_NEEDED. Install one of these, then run this again:"
                say "  - the package temurin-$JAVA_NEEDED-jdk from Eclipse Adoptium's apt repository (https://adoptium.net/installation/linux)"
                say "  - the archive of a JDK $JAVA_NEEDED (https://adoptium.net/temurin/releases/?version=$JAVA_NEEDED), unpacked under $HOLDFAST_JVM_FOLDER,"
                say "    or anywhere else with JAVA_HOME pointing to it"
                say "Nothing was installed."
                exit 2
            fi
            ;;
    esac
    packages=$(packages_for $MISSING)
    say "Installing$packages ..."
    case " $MISSING " in
        *" postgresql "* | *" prometheus "*) without_servers apt install --no-install-recommends $packages ;;
        *) apt install --no-install-recommends $packages ;;
    esac || { say "apt-get install failed (see above)."; exit 2; }
}

# Debian's postgresql and prometheus packages start servers that nobody here needs. The drop-in holds the one back, the
# policy (invoke-rc.d(8)) the other, both for this one installation only; clusters that exist are not touched, and a policy
# that is there already stays.
without_servers() {
    local status=0 policy=
    as_root mkdir -p "$(dirname "$CLUSTER_DROP_IN")"
    echo 'create_main_cluster = false' | as_root tee "$CLUSTER_DROP_IN" >/dev/null
    if [ ! -e "$START_POLICY" ]; then
        policy=$START_POLICY
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    trap 'as_root rm -f "$CLUSTER_DROP_IN" '"$policy" EXIT
    "$@" || status=$?
    as_root rm -f "$CLUSTER_DROP_IN" $policy
    trap - EXIT
    case " $MISSING " in
        *" prometheus "*) [ "$status" != 0 ] || not_at_boot prometheus.service ;;
    esac
    return $status
}

# Held back now, it would start with the machine.
not_at_boot() {
    command -v systemctl >/dev/null 2>&1 || return 0
    as_root systemctl disable "$1" >/dev/null 2>&1 || say "$1 may start with this machine; nobody here needs it (systemctl disable $1)."
}
