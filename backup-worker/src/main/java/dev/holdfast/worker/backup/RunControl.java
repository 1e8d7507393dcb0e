package dev.holdfast.worker.backup;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.RunningProgram;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a run from outside: by its deadline or because the worker stops. The first reason counts. */
final class RunControl {

    /** A count of nanoseconds ends after 292 years. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final Thread runner = Thread.currentThread();
    private final Instant deadline;
    private final Clock clock;
    private final Set<RunningProgram> programs = new HashSet<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private HoldfastException reason;
    private boolean over;

    /** Made on the thread that runs. */
    RunControl(Instant deadline, Clock clock) {
        this.deadline = deadline;
        this.clock = clock;
    }

    /** Kills the run's programs, which breaks every pipe, and wakes its thread. */
    synchronized void cancel(HoldfastException why) {
        if (over || reason != null) {
            return;
        }
        reason = why;
        cancelled.countDown();
        runner.interrupt();
        programs.forEach(RunningProgram::kill);
    }

    /** To be called now and then by whoever watches the clock. */
    void cancelIfOverdue() {
        if (clock.instant().isAfter(deadline)) {
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
    synchronized RunningProgram guard(RunningProgram program) {
        programs.add(program);
        if (reason != null) {
            program.kill();
        }
        return program;
    }

    /** How long something may still take: what a waiting thread can count, however far the deadline. */
    Duration remaining() {
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left;
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
