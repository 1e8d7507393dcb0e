package dev.holdfast.postgres.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that was started. Its stdout and stdin are streams, never held as a whole; its stderr is read by a thread
 * of its own, so that a flood of messages can't block it, and only the redacted end is kept. Closing kills it when it
 * still runs, with its whole process group.
 */
public final class RunningProgram implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningProgram.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int FIRST_SIGNAL_EXIT = 128;
    /** By these a shell, setpriv and the dynamic loader say that a program can't be executed; none of PostgreSQL's ends so. */
    private static final Set<Integer> NOT_EXECUTED = Set.of(126, 127);

    private final String program;
    private final Optional<Process> process;
    private final boolean ownGroup;
    private final Enclosure enclosure;
    private final MessageTail messages;
    private volatile ProgramResult.TimedOut timedOut;

    private RunningProgram(String program, Optional<Process> process, boolean ownGroup, Enclosure enclosure, MessageTail messages) {
        this.program = program;
        this.process = process;
        this.ownGroup = ownGroup;
        this.enclosure = enclosure;
        this.messages = messages;
    }

    static RunningProgram started(String program, Process process, boolean ownGroup, Enclosure enclosure, Redaction redaction,
            Runnable afterwards) {
        MessageTail tail = MessageTail.drain(process.getErrorStream(), redaction, program);
        process.onExit().thenRun(afterwards);
        return new RunningProgram(program, Optional.of(process), ownGroup, enclosure, tail);
    }

    static RunningProgram notStarted(String program, String reason) {
        return new RunningProgram(program, Optional.empty(), false, Enclosure.NONE, MessageTail.of(reason));
    }

    /** The path of the program, without arguments. */
    public String program() {
        return program;
    }

    /** Process id; empty when it could not be started. */
    public Optional<Long> pid() {
        return process.map(Process::pid);
    }

    public boolean isAlive() {
        return process.map(Process::isAlive).orElse(false);
    }

    /** What it prints; the end of the stream says nothing about success, {@link #await} does. */
    public InputStream stdout() {
        return process.map(Process::getInputStream).orElseGet(InputStream::nullInputStream);
    }

    /** What it reads; writing fails with an {@link IOException} once it ended. Close it to signal the end. */
    public OutputStream stdin() {
        return process.map(Process::getOutputStream).orElseGet(() -> new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(program + " could not be started");
            }
        });
    }

    /** The redacted end of its messages so far. */
    public String messages() {
        return messages.text();
    }

    /** How many bytes of messages it has written so far; marks a place for {@link #messagesSince}. */
    public long messageBytes() {
        return messages.total();
    }

    /** The redacted messages after that place, as far as they are kept. */
    public String messagesSince(long messageBytes) {
        return messages.since(messageBytes);
    }

    /**
     * Waits until it ended; kills it (TERM, after 5 s KILL) when that takes longer than the timeout or when the
     * waiting thread is interrupted (the interrupt flag stays set).
     */
    public ProgramResult await(Duration timeout) {
        if (process.isEmpty()) {
            return new ProgramResult.CouldNotStart(messages.text());
        }
        try {
            if (!process.get().waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                kill();
                messages.awaitEnd(GRACE);
                timedOut = new ProgramResult.TimedOut(timeout, messages.text());
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
        return result();
    }

    private ProgramResult result() {
        if (timedOut != null) {
            return timedOut;
        }
        messages.awaitEnd(GRACE);
        int exit = process.orElseThrow().exitValue();
        if (NOT_EXECUTED.contains(exit) || enclosure.refused(exit, messages.text())) {
            return new ProgramResult.CouldNotStart(messages.text());
        }
        return exit > FIRST_SIGNAL_EXIT && exit <= FIRST_SIGNAL_EXIT + 64
                ? new ProgramResult.KilledBySignal(exit - FIRST_SIGNAL_EXIT, messages.text())
                : new ProgramResult.Exited(exit, messages.text());
    }

    /** Waits for its end, at most so long, and leaves it running otherwise. */
    public boolean endsWithin(Duration longest) throws InterruptedException {
        return process.isEmpty() || process.get().waitFor(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the program and its whole process group: TERM, and KILL for what is left after 5 s. Returns when it is gone. */
    public void kill() {
        kill("TERM", GRACE);
    }

    /** Like {@link #kill()} with another first signal; a PostgreSQL server takes QUIT as "stop at once". */
    public void kill(String firstSignal, Duration grace) {
        if (!isAlive()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        signal(firstSignal);
        interrupted |= !waitQuietly(grace);
        if (isAlive()) {
            signal("KILL");
            process.orElseThrow().destroyForcibly();
            interrupted |= !waitQuietly(GRACE);
        }
        if (isAlive()) {
            LOG.error("{} (pid {}) does not end after SIGKILL", program, process.orElseThrow().pid());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean waitQuietly(Duration longest) {
        try {
            process.orElseThrow().waitFor(longest.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void signal(String name) {
        long pid = process.orElseThrow().pid();
        String target = ownGroup ? "-" + pid : Long.toString(pid);
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " -- " + target)
                    .redirectErrorStream(true).start();
            String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!said.isEmpty() && isAlive()) {
                LOG.warn("sending {} to {} (pid {}): {}", name, program, pid, said);
            }
        } catch (IOException e) {
            LOG.warn("sending {} to {} (pid {})", name, program, pid, e);
            process.orElseThrow().destroyForcibly();
        }
    }

    /** Kills it when it still runs and closes its streams. */
    @Override
    public void close() {
        kill();
        process.ifPresent(ended -> {
            closeQuietly(ended.getInputStream());
            closeQuietly(ended.getOutputStream());
        });
    }

    /** The program is gone: closing its pipes can only report that, which is known. */
    private static void closeQuietly(java.io.Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.debug("closing the pipe of a program that ended", e);
        }
    }
}
