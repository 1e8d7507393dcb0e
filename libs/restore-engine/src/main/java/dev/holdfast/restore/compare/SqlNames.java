package dev.holdfast.restore.compare;

import java.util.ArrayList;
import java.util.List;

/** Reads identifiers off a statement: quoted and not, with their schema, and lists of them. */
final class SqlNames {

    private final String sql;
    private int position;

    SqlNames(String sql, int position) {
        this.sql = sql;
        this.position = position;
    }

    int position() {
        return position;
    }

    /** {@code schema.table} as written, quotes resolved; a name without schema stays alone. */
    String qualified() {
        StringBuilder name = new StringBuilder(one());
        while (position < sql.length() && sql.charAt(position) == '.') {
            position++;
            name.append('.').append(one());
        }
        return name.toString();
    }

    /** One identifier. */
    String one() {
        blanks();
        StringBuilder name = new StringBuilder();
        if (position < sql.length() && sql.charAt(position) == '"') {
            position++;
            while (position < sql.length()) {
                char c = sql.charAt(position++);
                if (c == '"') {
                    if (position >= sql.length() || sql.charAt(position) != '"') {
                        break;
                    }
                    position++;
                }
                name.append(c);
            }
            return name.toString();
        }
        while (position < sql.length() && " ,().;\n\t".indexOf(sql.charAt(position)) < 0) {
            name.append(sql.charAt(position++));
        }
        return name.toString();
    }

    /** The list in parentheses that comes next, or an empty one where none does. */
    List<String> listInParentheses() {
        List<String> names = new ArrayList<>();
        blanks();
        if (position >= sql.length() || sql.charAt(position) != '(') {
            return names;
        }
        do {
            position++;
            names.add(one());
            blanks();
        } while (position < sql.length() && sql.charAt(position) == ',');
        word(")");
        return names;
    }

    /** Takes the word where it comes next. */
    boolean word(String expected) {
        blanks();
        if (sql.startsWith(expected, position)) {
            position += expected.length();
            return true;
        }
        return false;
    }

    private void blanks() {
        while (position < sql.length() && (sql.charAt(position) == ' ' || sql.charAt(position) == '\n')) {
            position++;
        }
    }
}
