package dev.holdfast.postgres.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The last 16 KiB of a program's stderr, read by a thread of its own. */
final class MessageTail {

    private static final int KEPT = 16 * 1024;

    private final byte[] ring = new byte[KEPT];
    private final Redaction redaction;
    private long total;
    private Thread drainer;

    private MessageTail(Redaction redaction) {
        this.redaction = redaction;
    }

    static MessageTail of(String text) {
        MessageTail tail = new MessageTail(Redaction.NONE);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        tail.append(bytes, bytes.length);
        return tail;
    }

    static MessageTail drain(InputStream stream, Redaction redaction, String program) {
        MessageTail tail = new MessageTail(redaction);
        tail.drainer = Thread.ofPlatform().daemon().name("messages-of-" + program).start(() -> tail.readAll(stream));
        return tail;
    }

    private void readAll(InputStream stream) {
        byte[] buffer = new byte[8192];
        try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                append(buffer, n);
            }
        } catch (IOException e) {
            byte[] note = ("(its messages could not be read further: " + e.getMessage() + ")").getBytes(StandardCharsets.UTF_8);
            append(note, note.length);
        }
    }

    private synchronized void append(byte[] bytes, int length) {
        for (int i = Math.max(0, length - KEPT); i < length; i++) {
            ring[(int) ((total + i) % KEPT)] = bytes[i];
        }
        total += length;
    }

    /** Waits for the end of the stream, which a grandchild may keep open: so not for ever. */
    void awaitEnd(Duration longest) {
        if (drainer != null) {
            try {
                drainer.join(longest);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    synchronized long total() {
        return total;
    }

    synchronized String text() {
        return since(0);
    }

    /** What was read after this many bytes, as far as it is kept. */
    synchronized String since(long position) {
        int length = (int) Math.min(total - position, KEPT);
        byte[] ordered = new byte[length];
        for (int i = 0; i < length; i++) {
            ordered[i] = ring[(int) ((total - length + i) % KEPT)];
        }
        String text = new String(ordered, StandardCharsets.UTF_8);
        // A cut may have halved a password that redaction would then not find: the first, partial line goes.
        int firstWhole = total - position > KEPT ? text.indexOf('\n') + 1 : 0;
        return redaction.apply(text.substring(firstWhole)).strip();
    }
}
