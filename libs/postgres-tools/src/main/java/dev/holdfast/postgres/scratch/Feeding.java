package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.logging.LogContext;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;

/** Writes a program's input and reads its output at the same time, so that neither pipe fills up and blocks. */
final class Feeding {

    /** What is done with the output, to its end. */
    @FunctionalInterface
    interface Reader {
        void read(InputStream output) throws IOException;
    }

    private final RunningProgram program;
    private final AtomicReference<IOException> readFailure = new AtomicReference<>();

    Feeding(RunningProgram program) {
        this.program = program;
    }

    /** The program's own result; a pipe that broke because it ended is not a failure of its own. */
    ProgramResult run(InputStream input, Reader reader, Duration timeout) {
        Thread reading = Thread.ofPlatform().daemon().name("reading-from-" + program.program()).start(LogContext.carried(() -> read(reader)));
        Thread writing = Thread.ofPlatform().daemon().name("writing-to-" + program.program()).start(LogContext.carried(() -> write(input)));
        ProgramResult result = program.await(timeout);
        try {
            reading.join(Duration.ofMinutes(1));
            writing.join(Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        IOException failed = readFailure.get();
        if (failed != null && result.succeeded()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "output-unreadable",
                    "reading what %s printed: %s".formatted(program.program(), failed.getMessage()), "Try again.", failed);
        }
        return result;
    }

    private void read(Reader reader) {
        try (InputStream output = program.stdout()) {
            reader.read(output);
        } catch (IOException e) {
            readFailure.set(e);
        }
    }

    private void write(InputStream input) {
        try (OutputStream stdin = program.stdin()) {
            input.transferTo(stdin);
        } catch (IOException e) {
            readFailure.compareAndSet(null, e);
        }
    }
}
