package dev.holdfast.restore.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a plain SQL script as pg_dump, pg_dumpall and pg_restore write it into comments, psql's commands and statements.
 * It knows PostgreSQL's quoting (manual, "Lexical Structure"), so a function body that looks like a header, a COPY block
 * or the end of a statement stays inside its statement. A statement ends at a semicolon outside quotes; the bodies of
 * rules and of {@code BEGIN ATOMIC} therefore come in several pieces, which changes no hash of the whole.
 */
final class SqlScanner {

    enum Kind { COMMENT, META, STATEMENT, END }

    private final ScriptInput input;
    private final StatementText text;
    private boolean backslashEscapes;

    SqlScanner(ScriptInput input, int keepBytes) {
        this.input = input;
        this.text = new StatementText(keepBytes);
    }

    /** What the last {@link #next()} found, without its semicolon. Valid until the next call. */
    StatementText text() {
        return text;
    }

    ScriptInput input() {
        return input;
    }

    /** {@code standard_conforming_strings = off} makes a backslash escape in every string. */
    void backslashEscapes(boolean everywhere) {
        this.backslashEscapes = everywhere;
    }

    Kind next() throws IOException {
        text.clear();
        int c = input.peek();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            input.take();
            c = input.peek();
        }
        if (c < 0) {
            return Kind.END;
        }
        if (c == '\\') {
            line();
            return Kind.META;
        }
        if (input.startsWith(DASHES)) {
            line();
            return Kind.COMMENT;
        }
        statement();
        return Kind.STATEMENT;
    }

    private static final byte[] DASHES = "--".getBytes(StandardCharsets.US_ASCII);

    /** Takes up to the line feed, which it drops. */
    private void line() throws IOException {
        for (int c = input.take(); c >= 0 && c != '\n'; c = input.take()) {
            text.append(c);
        }
    }

    private void statement() throws IOException {
        int before = ' ';
        for (int c = input.take(); c >= 0 && c != ';'; c = input.take()) {
            text.append(c);
            switch (c) {
                case '\'' -> quoted('\'', backslashEscapes || (before == 'E' || before == 'e') && wordOfOne());
                case '"' -> quoted('"', false);
                case '$' -> {
                    if (!partOfWord(before)) {
                        dollarQuoted();
                    }
                }
                case '-' -> {
                    if (input.peek() == '-') {
                        comment();
                    }
                }
                default -> { }
            }
            before = c;
        }
    }

    /** Whether the E before a quote stands alone and does not end a word; deparsed SQL writes E only as a prefix. */
    private boolean wordOfOne() {
        int last = text.endMinus(3);
        return last < 0 || !partOfWord(last);
    }

    private static boolean partOfWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80;
    }

    /** A doubled quote ends and begins the quoting again, which comes to the same. */
    private void quoted(int quote, boolean escapes) throws IOException {
        for (int c = input.take(); c >= 0; c = input.take()) {
            text.append(c);
            if (escapes && c == '\\') {
                int escaped = input.take();
                if (escaped >= 0) {
                    text.append(escaped);
                }
            } else if (c == quote) {
                if (input.peek() != quote) {
                    return;
                }
                text.append(input.take());
            }
        }
    }

    private void comment() throws IOException {
        for (int c = input.take(); c >= 0; c = input.take()) {
            text.append(c);
            if (c == '\n') {
                return;
            }
        }
    }

    /** After the first dollar: a tag and a dollar begin a body that only the same tag ends; anything else is none. */
    private void dollarQuoted() throws IOException {
        StringBuilder tag = new StringBuilder("$");
        int c = input.peek();
        if (c >= '0' && c <= '9') {
            return;
        }
        while (partOfWord(c) && c != '$') {
            tag.append((char) c);
            text.append(input.take());
            c = input.peek();
        }
        if (c != '$') {
            return;
        }
        text.append(input.take());
        byte[] end = tag.append('$').toString().getBytes(StandardCharsets.ISO_8859_1);
        while (c >= 0) {
            if (input.peek() == '$' && input.startsWith(end)) {
                for (int i = 0; i < end.length; i++) {
                    text.append(input.take());
                }
                return;
            }
            c = input.take();
            if (c >= 0) {
                text.append(c);
            }
        }
    }
}
