# Builds the command from its sources when they are newer than what was built. Needs machine.sh and $ROOT.

BUILT="$ROOT/cli/target/holdfast-built"

# A deleted source changes its folder, so folders under src count too.
build_is_current() {
    [ -e "$BUILT" ] && [ -d "$ROOT/cli/target/lib" ] || return 1
    [ -z "$(find "$ROOT"/libs/*/src/main "$ROOT"/*-service/src/main "$ROOT"/backup-worker/src/main "$ROOT"/cli/src/main \
        "$ROOT"/pom.xml "$ROOT"/*/pom.xml "$ROOT"/libs/*/pom.xml -newer "$BUILT" -print -quit 2>/dev/null)" ]
}

# mvn under whichever JDK is the default: the toolchain plugin selects the one that compiles.
maven() {
    if ! command -v java >/dev/null 2>&1 && [ -z "${JAVA_HOME:-}" ]; then
        JAVA_HOME=$JDK mvn "$@"
    else
        mvn "$@"
    fi
}

# Two commands that start at once must not build into the same folders: the second waits, then finds it done.
build() {
    mkdir -p "$ROOT/cli/target"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$ROOT/cli/target/holdfast-build.lock"
        flock -n 9 || { say "Another command builds Holdfast; waiting for it ..."; flock 9; }
    fi
    build_is_current || build_now
    exec 9>&-
}

build_now() {
    local started_at="$ROOT/cli/target/holdfast-build-started" begun log
    begun=$(date +%s)
    log="$ROOT/cli/target/holdfast-build.log"
    touch "$started_at"
    say "Building Holdfast (once; the first time Maven also downloads its libraries) ..."
    if ! maven -q -B -f "$ROOT/pom.xml" package -pl cli -am -DskipTests -Dspring-boot.repackage.skip=true \
            >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        say "The build failed (see above; kept in $log)."
        exit 1
    fi
    # Stamped with the time the build began, so that a source saved meanwhile is built next time.
    mv "$started_at" "$BUILT"
    say "Built in $(($(date +%s) - begun)) s."
}
