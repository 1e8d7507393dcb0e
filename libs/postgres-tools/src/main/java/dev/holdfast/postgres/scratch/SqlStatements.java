package dev.holdfast.postgres.scratch;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits SQL like psql does: at semicolons outside quotes, dollar quotes and comments (PostgreSQL manual, "Lexical
 * Structure"), with standard-conforming strings. Comments are dropped. A backslash outside quotes is a command to psql:
 * only {@code \restrict} and {@code \}{@code unrestrict} on lines of their own are known, and left out.
 */
final class SqlStatements {

    private static final Pattern RESTRICT = Pattern.compile("\\\\(un)?restrict [A-Za-z0-9]+[ \\t]*(\\n|$)");
    private static final Pattern DOLLAR = Pattern.compile("\\$([A-Za-z_\\x80-\\uFFFF][A-Za-z0-9_\\x80-\\uFFFF]*)?\\$");

    private final String sql;
    private final StringBuilder statement = new StringBuilder();
    private final List<String> statements = new ArrayList<>();
    private int at;

    SqlStatements(String sql) {
        this.sql = sql;
    }

    List<String> split() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            switch (c) {
                case ';' -> end();
                case '\'' -> quoted('\'', escapes());
                case '"' -> quoted('"', false);
                case '$' -> dollar();
                case '\\' -> command();
                default -> other(c);
            }
        }
        if (!statement.toString().isBlank()) {
            throw GlobalsScript.refused("a statement without an end");
        }
        return List.copyOf(statements);
    }

    private void end() {
        String text = statement.toString().strip();
        if (!text.isEmpty()) {
            statements.add(text);
        }
        statement.setLength(0);
        at++;
    }

    private void other(char c) {
        if (sql.startsWith("--", at)) {
            int lineEnd = sql.indexOf('\n', at);
            at = lineEnd < 0 ? sql.length() : lineEnd;
        } else if (sql.startsWith("/*", at)) {
            throw GlobalsScript.refused("a block comment");
        } else if (c == ':' && at + 1 < sql.length() && "'\"{".indexOf(sql.charAt(at + 1)) >= 0
                || c == ':' && at + 1 < sql.length() && Character.isLetterOrDigit(sql.charAt(at + 1))) {
            throw GlobalsScript.refused("a psql variable");
        } else {
            statement.append(c);
            at++;
        }
    }

    /** E'...' knows backslash escapes. The letter counts only where it does not end a longer word. */
    private boolean escapes() {
        if (at == 0 || "eE".indexOf(sql.charAt(at - 1)) < 0) {
            return false;
        }
        return at == 1 || !Character.isLetterOrDigit(sql.charAt(at - 2)) && "_$".indexOf(sql.charAt(at - 2)) < 0;
    }

    private void quoted(char quote, boolean escapes) {
        int start = at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (escapes && c == '\\') {
                at++;
            } else if (c == quote) {
                if (at < sql.length() && sql.charAt(at) == quote) {
                    at++;
                } else {
                    statement.append(sql, start, at);
                    return;
                }
            }
        }
        throw GlobalsScript.refused("a quote without an end");
    }

    private void dollar() {
        Matcher tag = DOLLAR.matcher(sql).region(at, sql.length());
        if (!tag.lookingAt()) {
            statement.append(sql.charAt(at++));
            return;
        }
        throw GlobalsScript.refused("a dollar-quoted text");
    }

    private void command() {
        Matcher restrict = RESTRICT.matcher(sql).region(at, sql.length());
        boolean lineStart = at == 0 || sql.charAt(at - 1) == '\n';
        if (!lineStart || !statement.toString().isBlank() || !restrict.lookingAt()) {
            throw GlobalsScript.refused("a psql command");
        }
        at = restrict.end();
    }
}
