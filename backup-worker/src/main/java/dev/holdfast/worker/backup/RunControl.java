package dev.holdfast.worker.backup;

import dev.holdfast.events.RunCancelling;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.RunningProgram;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a run from outside: by its deadline, a person, a higher attempt or because the worker stops. The first reason counts.
 * How long it may take is fixed when it is claimed and counted from then on, since the machine's clock may jump.
 */
final class RunControl {

    private static final Logger log = LoggerFactory.getLogger(RunControl.class);
    /** A count of nanoseconds ends after 292 years. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final Instant deadline;
    private final Duration allowed;
    private final LongSupplier nanos;
    private final long begun;
    private final List<Runnable> endings = new ArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private Thread runner;
    private HoldfastException reason;
    private RunCancelling wanted;
    private boolean superseded;
    private boolean over;

    RunControl(Instant deadline, Clock clock) {
        this(deadline, clock, System::nanoTime);
    }

    /** @param nanos as {@link System#nanoTime} counts them */
    RunControl(Instant deadline, Clock clock, LongSupplier nanos) {
        this.deadline = deadline;
        Duration left = Duration.between(clock.instant(), deadline);
        this.allowed = left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    /** On the thread that runs, before anything else. */
    synchronized void begin() {
        runner = Thread.currentThread();
    }

    /** Ends what the run has open, which breaks every pipe, and wakes its thread. */
    synchronized void cancel(HoldfastException why) {
        if (over || reason != null) {
            return;
        }
        reason = why;
        cancelled.countDown();
        if (runner != null) {
            runner.interrupt();
        }
        List.copyOf(endings).forEach(Runnable::run);
    }

    /** Somebody wants it ended; too late for a run whose manifest is being written. */
    synchronized void cancel(RunCancelling cancelling) {
        if (over) {
            log.info("Run {} is cancelled too late: it has ended or its manifest is being written", cancelling.runId());
        } else if (reason == null) {
            wanted = cancelling;
            cancel(new HoldfastException(FailureKind.PERMANENT, "run-cancelled", "Backing up was cancelled by "
                    + cancelling.requester() + (cancelling.reason() == null ? "" : ": " + cancelling.reason()),
                    "Request the backup again if it is wanted after all."));
        }
    }

    /** A higher attempt has started: what becomes of the run is no longer this attempt's to tell. */
    synchronized void supersede(int by) {
        superseded = true;
        cancel(new HoldfastException(FailureKind.RETRIABLE, "run-superseded", "Backing up: attempt " + by
                + " of the same run has started", "Nothing; the later attempt makes the backup."));
    }

    synchronized boolean isSuperseded() {
        return superseded;
    }

    synchronized boolean isCancelled() {
        return reason != null;
    }

    /** Who wanted it ended, where that is why it ended. */
    synchronized Optional<RunCancelling> cancellation() {
        return Optional.ofNullable(wanted);
    }

    /** To be called now and then by whoever watches the time. */
    void cancelIfOverdue() {
        if (left().isNegative()) {
            cancel(deadlinePassed(deadline));
        }
    }

    static HoldfastException deadlinePassed(Instant deadline) {
        return new HoldfastException(FailureKind.PERMANENT, "deadline-passed",
                "Backing up: the run had not ended by its deadline, " + deadline,
                "Find out what took so long, or raise the policy's deadline; then request a new backup.");
    }

    /** The manifest is about to be written: the last moment to cancel. */
    synchronized void pointOfNoReturn() {
        check();
        end();
    }

    /** From here on nothing interrupts the thread any more; its flag is clear. */
    synchronized void end() {
        over = true;
        if (Thread.currentThread() == runner) {
            Thread.interrupted();
        }
    }

    /** @throws HoldfastException the reason, where the run was cancelled */
    synchronized void check() {
        if (reason != null) {
            throw reason;
        }
    }

    /** The reason for the end: the cancellation where there was one, since all else follows from it. */
    synchronized RuntimeException reasonOr(RuntimeException other) {
        return reason == null ? other : reason;
    }

    /** A program that dies with the run. */
    RunningProgram guard(RunningProgram program) {
        onCancel(program::kill);
        return program;
    }

    /** Done when the run is cancelled, at once where it is already. */
    synchronized void onCancel(Runnable ending) {
        endings.add(ending);
        if (reason != null) {
            ending.run();
        }
    }

    synchronized void noLonger(Runnable ending) {
        endings.remove(ending);
    }

    /** How long something may still take: what a waiting thread can count, however far the deadline. */
    Duration remaining() {
        Duration left = left();
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration left() {
        return allowed.minusNanos(nanos.getAsLong() - begun);
    }

    /** Waits a while, unless the run is cancelled meanwhile. */
    void pause(Duration duration) {
        try {
            if (cancelled.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            check();
            throw new HoldfastException(FailureKind.RETRIABLE, "run-interrupted", "Backing up was interrupted",
                    "Request the backup again.", e);
        }
    }
}
