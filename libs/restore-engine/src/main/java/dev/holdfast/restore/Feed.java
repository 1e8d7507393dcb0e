package dev.holdfast.restore;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.logging.LogContext;
import dev.holdfast.postgres.program.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pumps a stream into a program on a thread of its own. A program that ends early does not end the reading: the source
 * is read to its end all the same, because only there its checksums are known, and damage in the source explains a
 * program's failure better than the program can.
 */
final class Feed {

    private static final int PIECE = 1 << 17;

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final FutureTask<Void> task;

    private Feed(FutureTask<Void> task) {
        this.task = task;
    }

    /** @param progress bytes of each piece read */
    static Feed start(InputStream source, RunningProgram program, LongConsumer progress) {
        return start(source, program, progress, true);
    }

    /** For a program that needs the beginning only: reading stops when it has ended, and proves nothing. */
    static Feed startUntilEnded(InputStream source, RunningProgram program) {
        return start(source, program, bytes -> { }, false);
    }

    private static Feed start(InputStream source, RunningProgram program, LongConsumer progress, boolean toTheEnd) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            pump(source, program, progress, toTheEnd);
            return null;
        });
        Thread.ofVirtual().name("feed-" + program.program()).start(LogContext.carried(task));
        return new Feed(task);
    }

    private static void pump(InputStream source, RunningProgram program, LongConsumer progress, boolean toTheEnd)
            throws IOException {
        byte[] piece = new byte[PIECE];
        OutputStream stdin = program.stdin();
        boolean taken = true;
        try {
            for (int count = source.read(piece); count >= 0 && (taken || toTheEnd); count = source.read(piece)) {
                progress.accept(count);
                taken = taken && offered(stdin, piece, count);
            }
        } catch (IOException | RuntimeException e) {
            // Closing its input would tell the program that this was all: it is stopped instead.
            program.kill();
            throw e;
        }
        close(stdin);
    }

    /** A program that ended before it took everything breaks the pipe; its exit code tells what that means. */
    private static void close(OutputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            LOG.debug("the program ended before it read all of its input", e);
        }
    }

    /** Whether the program still reads. */
    private static boolean offered(OutputStream stdin, byte[] piece, int count) {
        try {
            stdin.write(piece, 0, count);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Waits until the source was read to its end.
     *
     * @throws HoldfastException what the source failed with
     */
    void await() {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HoldfastException failure) {
                throw failure;
            }
            throw new HoldfastException(FailureKind.RETRIABLE, "source-unreadable",
                    "reading a stored stream: " + e.getCause(), "check the repository's store", e.getCause());
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "reading a stored stream was interrupted",
                    "nothing: the work is taken up again", e);
        }
    }
}
