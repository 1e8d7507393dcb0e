package dev.holdfast.restore.compare;

import java.util.ArrayList;
import java.util.List;

/** The columns and constraints of a CREATE TABLE as a set, with what stands before and after them. */
final class TableElements {

    private TableElements() {
    }

    /** A hash that the order of the elements does not change. */
    static byte[] hash(String createTable) {
        int open = firstOutsideQuotes(createTable, 0, '(');
        if (open < 0) {
            return Sha256.of(createTable);
        }
        List<String> elements = new ArrayList<>();
        int depth = 1;
        int start = open + 1;
        int i = start;
        for (; i < createTable.length() && depth > 0; i++) {
            char c = createTable.charAt(i);
            if (c == '\'' || c == '"') {
                i = skipQuoted(createTable, i);
            } else if (c == '(' || c == '[') {
                depth++;
            } else if (c == ')' || c == ']') {
                depth--;
            }
            if (depth == 0 || depth == 1 && c == ',') {
                elements.add(createTable.substring(start, i).strip());
                start = i + 1;
            }
        }
        elements.sort(null);
        return Sha256.of(createTable.substring(0, open) + "(" + String.join(",\n", elements) + ")"
                + createTable.substring(Math.min(i, createTable.length())));
    }

    private static int firstOutsideQuotes(String text, int from, char wanted) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == wanted) {
                return i;
            }
            if (c == '\'' || c == '"') {
                i = skipQuoted(text, i);
            }
        }
        return -1;
    }

    /** The index of the closing quote. A backslash before a quote inside E'…' is stepped over. */
    private static int skipQuoted(String text, int open) {
        char quote = text.charAt(open);
        boolean escapes = quote == '\'' && open > 0 && text.charAt(open - 1) == 'E';
        int i = open + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (escapes && c == '\\') {
                i++;
            } else if (c == quote) {
                return i;
            }
            i++;
        }
        return text.length() - 1;
    }
}
