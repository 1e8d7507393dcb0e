package dev.holdfast.restore.compare;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A window of fixed size that slides over a script of any size. Not thread-safe. */
final class ScriptInput {

    private final InputStream source;
    private final byte[] window;
    private int position;
    private int limit;

    ScriptInput(InputStream source, int windowBytes) {
        this.source = source;
        this.window = new byte[windowBytes];
    }

    /** The next byte without taking it, or -1 at the end. */
    int peek() throws IOException {
        return position < limit || fill() ? window[position] & 0xff : -1;
    }

    /** Takes the next byte, or -1 at the end. */
    int take() throws IOException {
        return position < limit || fill() ? window[position++] & 0xff : -1;
    }

    /** Whether the next bytes are these; takes none. The text is far shorter than the window. */
    boolean startsWith(byte[] text) throws IOException {
        while (limit - position < text.length) {
            if (!fill()) {
                return false;
            }
        }
        return Arrays.equals(window, position, position + text.length, text, 0, text.length);
    }

    /**
     * The index in {@link #window()} of the next line feed, with the whole line before it in the window, or -1 where the
     * line is longer than {@code longest} bytes or the script ends without a line feed.
     */
    int findLineFeed(int longest) throws IOException {
        int from = position;
        while (true) {
            for (int i = from; i < limit; i++) {
                if (window[i] == '\n') {
                    return i;
                }
            }
            int seen = limit - position;
            if (seen > longest || !fill()) {
                return -1;
            }
            from = position + seen;
        }
    }

    byte[] window() {
        return window;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    /** Takes everything before this index of the window. */
    void advanceTo(int index) {
        position = index;
    }

    /** Reads more behind what is in the window; false at the end of the script or with a full window. */
    boolean fill() throws IOException {
        if (position > 0) {
            System.arraycopy(window, position, window, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == window.length) {
            return false;
        }
        int read = source.read(window, limit, window.length - limit);
        if (read <= 0) {
            return false;
        }
        limit += read;
        return true;
    }
}
