package dev.holdfast.restore;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.logging.LogContext;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.PgDumpAll;
import dev.holdfast.postgres.program.PgRestore;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.restore.compare.DumpScript;
import dev.holdfast.restore.compare.Fingerprint;
import dev.holdfast.restore.compare.Globals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Fingerprints of archives and of databases, made by the same programs on both sides. Nothing is held or spooled.
 *
 * @param programs starts pg_dump and pg_restore, within a scratch cluster's walls where there is one: an archive is
 *                 hostile input for the program that parses it, too
 */
public record Fingerprints(Function<PostgresCommand, RunningProgram> programs) {

    private static final Duration END_WITHIN = Duration.ofMinutes(10);
    private static final Duration LOCK_WAIT = Duration.ofMinutes(1);

    /**
     * Of an archive in custom format. The stream is read to its end, which proves its checksums; the caller closes it.
     *
     * @param progress bytes of each piece read
     * @throws HoldfastException what the stream fails with, or code {@code archive-unreadable}
     */
    public Fingerprint ofArchive(InputStream archive, LongConsumer progress) {
        PgRestore script = PgRestore.script();
        try (RunningProgram program = programs.apply(script)) {
            Feed feed = Feed.start(archive, program, progress);
            Result<Fingerprint> read = readToEnd(program, DumpScript::read);
            feed.await();
            Fingerprint fingerprint = read.orThrow(script, "reading an archive's script");
            if (!fingerprint.isComplete()) {
                throw unreadable("reading an archive's script: it does not end as a script of pg_restore does", null);
            }
            return fingerprint;
        }
    }

    /**
     * Of a database, dumped now.
     *
     * @param encoding what the other side of the comparison is written in; empty takes the session's
     */
    public Fingerprint ofDatabase(ConnectionSettings database, Optional<String> encoding) {
        PgDump any = new PgDump(database, "holdfast-verifier", Optional.empty(), LOCK_WAIT);
        PgDump dump = encoding.map(any::in).orElse(any);
        try (RunningProgram dumping = programs.apply(dump)) {
            Fingerprint fingerprint = ofArchive(dumping.stdout(), bytes -> { });
            dump.check(dumping.await(END_WITHIN));
            return fingerprint;
        }
    }

    /** Roles, memberships and settings of a cluster. */
    public Globals ofCluster(ConnectionSettings maintenance, boolean rolePasswords) {
        PgDumpAll dump = new PgDumpAll(maintenance, "holdfast-verifier", rolePasswords, LOCK_WAIT);
        try (RunningProgram dumping = programs.apply(dump)) {
            return readToEnd(dumping, Globals::read).orThrow(dump, "reading the globals");
        }
    }

    /** What a reader made of a program's output, or why it could not, and how the program ended. */
    private record Result<T>(T value, Exception failure, ProgramResult ended) {

        /** The program's failure explains the reader's. */
        T orThrow(PostgresCommand command, String doing) {
            command.check(ended);
            switch (failure) {
                case null -> { }
                case RuntimeException bug -> throw bug;
                case Exception damage -> throw unreadable(doing + ": " + damage.getMessage(), damage);
            }
            return value;
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    private static HoldfastException unreadable(String message, Exception cause) {
        return new HoldfastException(FailureKind.PERMANENT, "archive-unreadable", message,
                "do not rely on this backup: use another one", cause);
    }

    /**
     * Reads on a thread of its own: a pipe that stays silent for hours can't be interrupted, the program can be ended. Where the
     * reader gives up, the rest is read all the same, so that the program comes to its own end and what feeds it is read to
     * the end, which says whether the stream was damaged.
     */
    private static <T> Result<T> readToEnd(RunningProgram program, Reader<T> reader) {
        FutureTask<T> reading = new FutureTask<>(() -> {
            try {
                return reader.read(program.stdout());
            } catch (IOException | RuntimeException e) {
                drain(program, e);
                throw e;
            }
        });
        Thread.ofPlatform().daemon().name("reading-from-" + program.program()).start(LogContext.carried(reading));
        try {
            return new Result<>(reading.get(), null, program.await(END_WITHIN));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                return new Result<>(null, failure, program.await(END_WITHIN));
            }
            program.kill();
            throw new IllegalStateException("reading what " + program.program() + " printed", e.getCause());
        } catch (InterruptedException e) {
            program.kill();
            Thread.currentThread().interrupt();
            throw new HoldfastException(FailureKind.RETRIABLE, "interrupted", "reading what " + program.program()
                    + " printed was interrupted", "nothing: the work is taken up again", e);
        }
    }

    private static void drain(RunningProgram program, Exception why) {
        try {
            program.stdout().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
