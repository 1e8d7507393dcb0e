# Reads surefire's XML reports and says which tests were skipped, by name and reason.

# Prints `Class.test<TAB>reason` of each skipped test under $1.
skipped_tests() {
    find "$1" -path '*/target/surefire-reports/TEST-*.xml' -type f -exec awk '
        function attribute(line, name,    value) {
            if (!match(line, " " name "=\"[^\"]*\"")) return ""
            value = substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
            gsub(/&quot;/, "\"", value); gsub(/&lt;/, "<", value); gsub(/&gt;/, ">", value)
            gsub(/&apos;|&#39;/, "\047", value); gsub(/&#10;/, " ", value); gsub(/&amp;/, "\\&", value)
            return value
        }
        /<testcase / { class = attribute($0, "classname"); test = attribute($0, "name") }
        # The text of an assumption lies in the element, behind the name of its exception and before the stack trace.
        function told() {
            gsub(/[ \t]+/, " ", reason); sub(/^ /, "", reason); sub(/ $/, "", reason)
            printf "%s%s\t%s\n", class, test == "" ? "" : "." test, reason == "" ? "no reason given" : reason
            inside = 0
        }
        /<skipped/ {
            reason = attribute($0, "message")
            if (reason != "" || /\/>/) { told(); next }
            inside = 1
            sub(/.*<!\[CDATA\[/, ""); sub(/^[A-Za-z0-9_.$]*Exception:? */, "")
        }
        inside {
            ended = /^[ \t]+at |\]\]>|<\/skipped>/
            sub(/\]\]>.*/, ""); sub(/<\/skipped>.*/, "")
            if ($0 !~ /^[ \t]+at /) reason = reason " " $0
            if (ended) told()
        }' {} + | sort
}

# Says what was skipped under $1; with a list of allowed skips in $2, fails for those that it does not name.
report_skipped() {
    local skipped unlisted=0 name reason
    skipped=$(skipped_tests "$1")
    if [ -z "$skipped" ]; then
        say "Skipped: nothing."
        return 0
    fi
    say "Skipped:"
    while IFS=$'\t' read -r name reason; do
        if [ -n "$2" ] && ! awk -F '\t' -v name="$name" '!/^#/ && $1 == name && $2 != "" { found = 1 } END { exit !found }' "$2"; then
            say "  - $name: $reason  [not in $2]"
            unlisted=$((unlisted + 1))
        else
            say "  - $name: $reason"
        fi
    done <<<"$skipped"
    if [ "$unlisted" -gt 0 ]; then
        say "$unlisted skipped without being listed: make them run, or list each in $2 as name, tab, reason."
        return 1
    fi
}

# Says which tests under $1 their tags leave out, unless the options that follow change what is excluded.
report_left_out() {
    local root=$1 tag left
    shift
    case " $* " in *excluded.test.tags*) return 0 ;; esac
    for tag in slow docker; do
        left=$(grep -rl --include='*.java' "@Tag(\"$tag\")" "$root" 2>/dev/null | grep '/src/test/' | sed 's|.*/||; s|\.java$||' | sort | tr '\n' ' ')
        [ -z "$left" ] || say "Left out, tagged $tag (with -Dexcluded.test.tags= they run): $left"
    done
}
