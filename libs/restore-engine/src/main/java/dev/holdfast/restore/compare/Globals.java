package dev.holdfast.restore.compare;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code pg_dumpall --globals-only} wrote: a hash per role,
 * setting and membership. Tablespaces are compared without their folders, which are the source machine's. A
 * psql command that no dump program writes is counted: such a script was tampered with.
 */
public final class Globals {

    /** The dump program's last line but for blank ones and {@code \\unrestrict}. */
    private static final String END = "-- PostgreSQL database cluster dump complete";
    private static final int WINDOW = 1 << 16;
    private static final int KEEP = 1 << 20;
    private static final int LONGEST = 64 << 20;

    /** One thing that globals define; {@code role} is the role that it is about, or empty. */
    private record Name(String what, String where, String role) implements Comparable<Name> {
        @Override
        public int compareTo(Name other) {
            return (what + "\0" + where).compareTo(other.what + "\0" + other.where);
        }
    }

    private record Statement(Name name, String sql) {
    }

    private final List<Statement> statements = new ArrayList<>();
    private int unexpectedCommands;
    private boolean ended;
    private String grantor = "";

    private Globals() {
    }

    /**
     * Reads to the end; the caller closes the stream.
     *
     * @throws DamagedScript where it is longer than any cluster's globals (64 MiB)
     */
    public static Globals read(InputStream script) throws IOException {
        Globals globals = new Globals();
        SqlScanner scanner = new SqlScanner(new ScriptInput(script, WINDOW), KEEP);
        long total = 0;
        while (true) {
            SqlScanner.Kind kind = scanner.next();
            total += scanner.text().total();
            if (!scanner.text().whole() || total > LONGEST) {
                throw new DamagedScript("the globals are longer than any cluster's");
            }
            switch (kind) {
                case COMMENT -> globals.ended |= scanner.text().text().equals(END);
                case META -> globals.command(scanner.text().text());
                case STATEMENT -> {
                    globals.ended = false;
                    globals.statement(scanner.text().text());
                }
                case END -> {
                    return globals;
                }
            }
        }
    }

    private void command(String text) {
        if (!text.matches("\\\\(un)?restrict [A-Za-z0-9]+") && !text.equals("\\connect template1")
                && !text.equals("\\connect postgres")) {
            unexpectedCommands++;
        }
    }

    private void statement(String sql) {
        if (hasBackslashOutsideQuotes(sql)) {
            unexpectedCommands++;
            return;
        }
        if (sql.startsWith("SET SESSION AUTHORIZATION ")) {
            grantor = sql + "\n";
            return;
        }
        if (sql.equals("RESET SESSION AUTHORIZATION")) {
            grantor = "";
            return;
        }
        Name name = name(sql);
        statements.add(new Statement(name, sql.startsWith("CREATE TABLESPACE ") ? withoutFolder(sql) : grantor + sql));
    }

    private static String withoutFolder(String createTablespace) {
        int folder = createTablespace.lastIndexOf(" LOCATION '");
        return folder < 0 ? createTablespace : createTablespace.substring(0, folder) + " LOCATION";
    }

    /** psql would take it as a command in the middle of a line. */
    private static boolean hasBackslashOutsideQuotes(String sql) {
        char quote = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (quote == 0 && c == '\\') {
                return true;
            }
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return false;
    }

    private static Name name(String sql) {
        SqlNames names = new SqlNames(sql, 0);
        if (names.word("SET ") || names.word("SELECT ")) {
            return new Name("session", "", "");
        }
        if (names.word("CREATE ROLE ")) {
            return role("role", names.one());
        }
        if (names.word("ALTER ROLE ")) {
            String role = names.one();
            return names.word("WITH ") ? role("role", role) : role("role setting", role);
        }
        if (names.word("COMMENT ON ROLE ")) {
            return role("comment", names.one());
        }
        if (sql.contains(" TABLESPACE ") && (sql.startsWith("CREATE ") || sql.startsWith("ALTER ")
                || sql.startsWith("COMMENT ") || sql.contains(" ON TABLESPACE "))) {
            return new Name("tablespace", new SqlNames(sql, sql.indexOf(" TABLESPACE ") + 12).one(), "");
        }
        if (names.word("GRANT ")) {
            return grant(sql, names);
        }
        int second = sql.indexOf(' ', sql.indexOf(' ') + 1);
        return new Name("globals", second < 0 ? "statement" : sql.substring(0, Math.min(second, 40)), "");
    }

    private static Name grant(String sql, SqlNames names) {
        if (sql.contains(" ON PARAMETER ")) {
            return new Name("grant", "parameter " + new SqlNames(sql, sql.indexOf(" ON PARAMETER ") + 14).qualified(), "");
        }
        String group = names.one();
        return names.word("TO ") ? new Name("membership", group + " to " + names.one(), "")
                : new Name("globals", "GRANT", "");
    }

    private static Name role(String what, String role) {
        return new Name(what, role, role);
    }

    /** Whether the script ends with the line that the dump program writes last. */
    public boolean isComplete() {
        return ended;
    }

    /** Roles that these globals create, in their order. */
    public Set<String> roles() {
        Set<String> roles = new LinkedHashSet<>();
        statements.stream().filter(s -> s.name().what().equals("role")).forEach(s -> roles.add(s.name().role()));
        return roles;
    }

    /** Whether roles carry their password hashes. */
    public boolean hasPasswords() {
        return statements.stream().anyMatch(s -> s.name().what().equals("role") && s.sql().contains(" PASSWORD '"));
    }

    /** psql commands that no dump program writes. */
    public int unexpectedCommands() {
        return unexpectedCommands;
    }

    /** How many definitions are compared. */
    public long count(String bootstrap) {
        return definitions(bootstrap).values().stream().mapToLong(MultisetHash::count).sum();
    }

    /**
     * These, as if {@code other} had granted the memberships that {@code role} granted: a cluster's bootstrap superuser
     * grants in place of another cluster's, as no other role can from PostgreSQL 16 on. Both names as SQL writes them.
     */
    public Globals grantedBy(String other, String role) {
        String suffix = " GRANTED BY " + role;
        Globals result = new Globals();
        result.unexpectedCommands = unexpectedCommands;
        result.ended = ended;
        statements.forEach(one -> result.statements.add(one.name().what().equals("membership") && one.sql().endsWith(suffix)
                ? new Statement(one.name(), one.sql().substring(0, one.sql().length() - suffix.length()) + " GRANTED BY " + other)
                : one));
        return result;
    }

    /** What the other one lacks, has too much of or has otherwise, apart from the scratch server's own first role {@code bootstrap}. */
    public Findings differencesTo(Globals found, String bootstrap) {
        Findings findings = new Findings();
        Findings.compareMaps(definitions(bootstrap), found.definitions(bootstrap), (name, expected, other) -> {
            if (expected == null || other == null || !expected.sameAs(other)) {
                findings.add(name.what(), name.where(), Findings.objects(expected), Findings.objects(other));
            }
        });
        return findings;
    }

    private Map<Name, MultisetHash> definitions(String bootstrap) {
        Map<Name, MultisetHash> definitions = new TreeMap<>();
        for (Statement statement : statements) {
            if (!statement.name().what().equals("session") && !statement.name().role().equals(bootstrap)) {
                definitions.computeIfAbsent(statement.name(), n -> new MultisetHash()).add(Sha256.of(statement.sql()));
            }
        }
        return definitions;
    }
}
