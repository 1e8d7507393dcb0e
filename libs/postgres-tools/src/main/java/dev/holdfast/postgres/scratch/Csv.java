package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads what {@code psql --csv} prints (RFC 4180 with plain line feeds). */
final class Csv {

    private final PushbackReader reader;
    private int longestRow = Integer.MAX_VALUE;
    private int longestValue = Integer.MAX_VALUE;

    private Csv(InputStream stream) {
        this.reader = new PushbackReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    static void read(InputStream stream, Consumer<List<String>> rows) throws IOException {
        Csv csv = new Csv(stream);
        for (List<String> row = csv.row(); row != null; row = csv.row()) {
            rows.accept(row);
        }
    }

    /** The first two rows, of each the first two values, cut: enough to tell whether it is one row of one short value. */
    static List<List<String>> readTwo(InputStream stream) throws IOException {
        Csv csv = new Csv(stream);
        csv.longestRow = 2;
        csv.longestValue = 16;
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row = csv.row(); row != null && rows.size() < 2; row = csv.row()) {
            rows.add(row);
        }
        csv.reader.transferTo(Writer.nullWriter());
        return rows;
    }

    /** The next row; null at the end. */
    private List<String> row() throws IOException {
        int first = reader.read();
        if (first < 0) {
            return null;
        }
        reader.unread(first);
        List<String> row = new ArrayList<>();
        for (int end = ','; end == ',';) {
            StringBuilder value = new StringBuilder();
            end = value(value);
            if (row.size() < longestRow) {
                row.add(value.toString());
            }
        }
        return List.copyOf(row);
    }

    /** Reads one value and returns what ended it. */
    private int value(StringBuilder value) throws IOException {
        boolean quoted = false;
        for (int c = next();; c = next()) {
            if (c == '"' && quoted) {
                int after = next();
                if (after != '"') {
                    return after;
                }
                append(value, '"');
            } else if (c == '"' && value.isEmpty()) {
                quoted = true;
            } else if (!quoted && (c == ',' || c == '\n')) {
                return c;
            } else {
                append(value, (char) c);
            }
        }
    }

    private void append(StringBuilder value, char c) {
        if (value.length() < longestValue) {
            value.append(c);
        }
    }

    private int next() throws IOException {
        int c = reader.read();
        if (c < 0) {
            throw new IOException("the output ends in the middle of a row");
        }
        return c;
    }
}
