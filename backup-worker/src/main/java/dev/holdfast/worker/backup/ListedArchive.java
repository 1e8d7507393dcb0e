package dev.holdfast.worker.backup;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.logging.LogContext;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An archive on its way, whose head {@code pg_restore --list} reads along. It ends once it has read the table of
 * contents, which a custom archive begins with; from then on bytes only pass.
 */
final class ListedArchive extends FilterInputStream {

    private final PgRestore command = PgRestore.list();
    private final RunningProgram lister;
    private final OutputStream head;
    private final RunControl control;
    private final Thread drainer;
    private volatile IOException unreadable;
    private boolean listening = true;
    private boolean empty = true;

    private ListedArchive(InputStream dump, RunningProgram lister, RunControl control) {
        super(dump);
        this.lister = lister;
        this.head = lister.stdin();
        this.control = control;
        this.drainer = Thread.ofPlatform().daemon().name("archive-list").start(LogContext.carried(this::drain));
    }

    static ListedArchive of(InputStream dump, ToolSet tools, RunControl control) {
        return new ListedArchive(dump, control.guard(PgRestore.list().start(tools)), control);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count > 0) {
            empty = false;
            if (listening) {
                listen(bytes, offset, count);
            }
        }
        return count;
    }

    /**
     * Says nothing of a dump without a byte: that has a name of its own.
     *
     * @throws HoldfastException code {@code archive-unreadable}
     */
    void requireReadable() {
        if (empty) {
            return;
        }
        endHead();
        command.check(lister.await(control.remaining()));
        join();
        if (unreadable != null) {
            throw new HoldfastException(FailureKind.RETRIABLE, "archive-unreadable",
                    "Reading the list that pg_restore makes of the archive: " + unreadable.getMessage(),
                    "Request the backup again.", unreadable);
        }
    }

    /** Ends the lister; the dump's own stream is its program's to close. */
    @Override
    public void close() {
        lister.close();
    }

    /** A broken pipe means that the lister has ended, well or not: its exit code says which. */
    private void listen(byte[] bytes, int offset, int count) {
        try {
            head.write(bytes, offset, count);
            head.flush();
        } catch (IOException e) {
            endHead();
        }
    }

    private void endHead() {
        listening = false;
        try {
            head.close();
        } catch (IOException e) {
            // Bytes that it did not want to read can't be flushed to it; its exit code is what counts.
            listening = false;
        }
    }

    private void drain() {
        try {
            lister.stdout().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            unreadable = e;
        }
    }

    private void join() {
        try {
            drainer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            control.check();
        }
    }
}
