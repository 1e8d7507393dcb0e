package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Failures;

/**
 * The statements of {@code pg_dumpall --globals-only}, read as hostile: psql's own commands ({@code \!}, {@code \copy})
 * are refused wherever psql would see one, and so is every statement that such a dump does not hold. A char here is a
 * byte of the script, whose encoding the script itself names.
 */
final class GlobalsScript {

    private static final Pattern EXPECTED = Pattern.compile(
            "(?is)(SET (?!ROLE|SESSION)|CREATE ROLE |ALTER ROLE |COMMENT ON (ROLE|TABLESPACE) |GRANT |REVOKE |CREATE TABLESPACE |ALTER TABLESPACE "
                    + "|SECURITY LABEL |SELECT pg_catalog\\.set_config\\('(search_path|default_table_access_method)').*");
    /** How pg_dumpall writes a grant by another role than the owner: the role, grants on one object, and back. */
    private static final Pattern OTHER_GRANTOR = Pattern.compile("SET SESSION AUTHORIZATION (?!DEFAULT$)(\"(?:[^\"]|\"\")*\"|[^\\s'\"]+)");
    private static final Pattern GRANT_ON_OBJECT = Pattern.compile("(?s)(GRANT|REVOKE) .* ON (PARAMETER|TABLESPACE) .*");
    private static final String OWN_GRANTOR = "RESET SESSION AUTHORIZATION";
    private static final Pattern STANDARD_STRINGS = Pattern.compile("(?is).*\\bstandard_conforming_strings\\b.*");
    private static final Pattern STANDARD_STRINGS_ON = Pattern.compile("(?i)SET standard_conforming_strings = on");
    private static final Pattern TABLESPACE = Pattern.compile(
            "(?is)(CREATE TABLESPACE (?:\"(?:[^\"]|\"\")*\"|\\S+)(?: OWNER (?:\"(?:[^\"]|\"\")*\"|\\S+))? LOCATION )'(?:[^']|'')*'(.*)");

    /** Read as a whole: hundreds of thousands of roles and grants, and no more than a small heap holds. */
    static final int LARGEST = 64 << 20;

    private final List<String> statements;

    private GlobalsScript(List<String> statements) {
        this.statements = statements;
    }

    /** @throws HoldfastException {@code globals-refused} where it is larger than {@link #LARGEST} bytes */
    static byte[] bounded(InputStream sql) throws IOException {
        byte[] script = sql.readNBytes(LARGEST + 1);
        if (script.length > LARGEST) {
            throw refused("more than " + (LARGEST >> 20) + " MB");
        }
        return script;
    }

    /** @throws HoldfastException {@code globals-refused} */
    static GlobalsScript parse(String sql) {
        List<String> statements = new SqlStatements(sql).split();
        boolean otherGrantor = false;
        for (String statement : statements) {
            otherGrantor = otherGrantor ? !grantsOrEnds(statement) : !check(statement);
        }
        if (otherGrantor) {
            throw refused("a change of the user without an end");
        }
        return new GlobalsScript(statements);
    }

    /** False where another grantor begins. */
    private static boolean check(String statement) {
        if (OTHER_GRANTOR.matcher(statement).matches()) {
            return false;
        }
        if (!EXPECTED.matcher(statement).matches()
                || STANDARD_STRINGS.matcher(statement).matches() && !STANDARD_STRINGS_ON.matcher(statement).matches()) {
            throw refused("a statement that no dump of roles and tablespaces holds");
        }
        if (statement.regionMatches(true, 0, "CREATE TABLESPACE ", 0, 18) && !TABLESPACE.matcher(statement).matches()) {
            throw refused("a tablespace whose location can't be read");
        }
        return true;
    }

    /** As another grantor: true where that ends. */
    private static boolean grantsOrEnds(String statement) {
        if (!statement.equals(OWN_GRANTOR) && !GRANT_ON_OBJECT.matcher(statement).matches()) {
            throw refused("something else than grants after a change of the user");
        }
        return statement.equals(OWN_GRANTOR);
    }

    static HoldfastException refused(String what) {
        return Failures.permanent("globals-refused", "reading the roles and tablespaces of a backup: they hold " + what,
                "Treat the backup as tampered with: compare its checksums, and look at globals.sql before using it anywhere.");
    }

    /** How many tablespaces it creates. */
    int tablespaces() {
        return (int) statements.stream().filter(statement -> TABLESPACE.matcher(statement).matches()).count();
    }

    /** The memberships that it grants. */
    Memberships memberships() {
        return Memberships.in(statements);
    }

    /** The same, with every membership that {@code grantor} granted granted by {@code other}. Both as SQL writes them. */
    GlobalsScript regranted(String grantor, String other) {
        return new GlobalsScript(statements.stream().map(statement -> Memberships.regrant(statement, grantor, other)).toList());
    }

    /**
     * The script for psql.
     *
     * @param places      one folder for each tablespace
     * @param restrictKey makes psql itself refuse its own commands, where it can
     */
    String render(List<Path> places, Optional<String> restrictKey) {
        StringBuilder script = new StringBuilder();
        restrictKey.ifPresent(key -> script.append("\\restrict ").append(key).append('\n'));
        int next = 0;
        for (String statement : statements) {
            Matcher tablespace = TABLESPACE.matcher(statement);
            script.append(tablespace.matches()
                    ? tablespace.group(1) + literal(places.get(next++)) + tablespace.group(2) : statement).append(";\n");
        }
        restrictKey.ifPresent(key -> script.append("\\unrestrict ").append(key).append('\n'));
        return script.toString();
    }

    /** In the script's own form, where a char is a byte. */
    private static String literal(Path place) {
        return "'" + new String(place.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).replace("'", "''") + "'";
    }
}
