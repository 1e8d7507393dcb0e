package dev.holdfast.restore.compare;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Hashes the rows of one COPY block (manual, COPY, "Text Format": one row per line, tabs between fields, both escaped
 * inside them, {@code \.} at the end). Fields are taken in the order of their columns' names, so that two tables that
 * differ only in column order have equal rows. A row of at most {@link #SHORT_ROW} bytes is hashed as its fields with
 * tabs between; a longer one as the hashes of its fields, so that no row has to fit into memory. Which of the two it is
 * depends on its length alone, which the order of columns does not change.
 */
final class CopyRows {

    static final int SHORT_ROW = 1 << 18;

    private static final byte SHORT = 0;
    private static final byte LONG = 1;
    private static final byte IRREGULAR = 2;

    private final ScriptInput input;
    private final int columns;
    /** Position in the line of the field that comes n-th by name. */
    private final int[] byName;
    private final boolean inOrder;
    private final int[] ends;
    private final MessageDigest sha = Sha256.start();

    CopyRows(ScriptInput input, List<String> columnNames) {
        this.input = input;
        this.columns = columnNames.size();
        this.byName = IntStream.range(0, columns).boxed()
                .sorted(Comparator.comparing(columnNames::get)).mapToInt(Integer::intValue).toArray();
        this.inOrder = IntStream.range(0, columns).allMatch(i -> byName[i] == i);
        this.ends = new int[Math.max(1, columns)];
    }

    /**
     * Reads up to and with the line that ends the block.
     *
     * @throws DamagedScript where the script ends before
     */
    void readInto(MultisetHash rows) throws IOException {
        while (true) {
            int lineFeed = input.findLineFeed(SHORT_ROW);
            int start = input.position();
            if (lineFeed >= 0 && lineFeed - start <= SHORT_ROW) {
                if (isEnd(start, lineFeed)) {
                    input.advanceTo(lineFeed + 1);
                    return;
                }
                rows.add(shortRow(start, lineFeed));
                input.advanceTo(lineFeed + 1);
            } else {
                rows.add(longRow());
            }
        }
    }

    private boolean isEnd(int start, int end) {
        return end - start == 2 && input.window()[start] == '\\' && input.window()[start + 1] == '.';
    }

    private byte[] shortRow(int start, int end) {
        byte[] window = input.window();
        if (!split(window, start, end)) {
            sha.update(IRREGULAR);
            sha.update(window, start, end - start);
        } else if (inOrder) {
            sha.update(SHORT);
            sha.update(window, start, end - start);
        } else {
            sha.update(SHORT);
            for (int i = 0; i < columns; i++) {
                int field = byName[i];
                int from = field == 0 ? start : ends[field - 1] + 1;
                sha.update(window, from, ends[field] - from);
                if (i < columns - 1) {
                    sha.update((byte) '\t');
                }
            }
        }
        return sha.digest();
    }

    /** Notes where fields end; false where there are more or fewer than columns. */
    private boolean split(byte[] window, int start, int end) {
        int fields = 0;
        for (int i = start; i < end; i++) {
            if (window[i] == '\t') {
                if (fields >= columns - 1) {
                    return false;
                }
                ends[fields++] = i;
            }
        }
        ends[fields++] = end;
        return fields == columns || columns == 0 && start == end;
    }

    private byte[] longRow() throws IOException {
        byte[][] hashes = new byte[Math.max(1, columns)][];
        int field = 0;
        while (true) {
            if (input.position() == input.limit() && !input.fill()) {
                throw new DamagedScript("the script ends inside a COPY block");
            }
            byte[] window = input.window();
            int from = input.position();
            int i = from;
            while (i < input.limit() && window[i] != '\t' && window[i] != '\n') {
                i++;
            }
            sha.update(window, from, i - from);
            boolean ended = i < input.limit();
            boolean last = ended && window[i] == '\n';
            input.advanceTo(ended ? i + 1 : i);
            if (ended) {
                if (field == hashes.length) {
                    hashes = Arrays.copyOf(hashes, field * 2);
                }
                hashes[field++] = sha.digest();
            }
            if (last) {
                return combine(hashes, field);
            }
        }
    }

    private byte[] combine(byte[][] hashes, int fields) {
        boolean regular = fields == columns;
        sha.update(regular ? LONG : IRREGULAR);
        for (int i = 0; i < fields; i++) {
            sha.update(hashes[regular ? byName[i] : i]);
        }
        return sha.digest();
    }
}
