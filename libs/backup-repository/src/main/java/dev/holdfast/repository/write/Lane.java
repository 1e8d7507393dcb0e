package dev.holdfast.repository.write;

import dev.holdfast.logging.LogContext;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One thread that takes steps in order from a bounded queue. Its first failure is kept, later steps are skipped. A step
 * that takes longer than its allowance is a stall: whoever waits on the lane notices, fails it and goes on without it.
 */
final class Lane {

    /** How often a waiter looks whether the lane it waits for has stalled. */
    private static final long LOOK_MILLIS = 50;

    /** Something to do on the lane's thread; {@link #skip()} is called instead once the lane has failed or ended. */
    interface Step {

        void run() throws Exception;

        default void skip() {
        }
    }

    private record Entry(Step step, Duration allowance) {
    }

    private record Running(long since, Duration allowance) {

        boolean overdue() {
            return allowance != null && System.nanoTime() - since > allowance.toNanos();
        }
    }

    private static final Entry END = new Entry(() -> { }, null);

    private final BlockingQueue<Entry> queue;
    private final Thread thread;
    private final Runnable cleanup;
    private final Function<Duration, Throwable> stall;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile Running running;
    private volatile boolean ended;

    /**
     * @param cleanup run once on the lane's thread, as soon as the lane failed or ended
     * @param stall   what a stall of a given length is called
     */
    Lane(String name, int capacity, Runnable cleanup, Function<Duration, Throwable> stall) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.cleanup = cleanup;
        this.stall = stall;
        this.thread = Thread.ofPlatform().daemon().name(name).start(LogContext.carried(this::work));
    }

    Throwable failure() {
        return failure.get();
    }

    /**
     * Queues a step, waiting while the queue is full.
     *
     * @param allowance how long the step may take, or null where it needs no watching
     * @return false if the lane has failed; the step was skipped then
     */
    boolean submit(Step step, Duration allowance) throws InterruptedException {
        Entry entry = new Entry(step, allowance);
        try {
            while (failure.get() == null && !ended) {
                if (queue.offer(entry, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (failure.get() == null && !ended) {
                        return true;
                    }
                    skipQueued();
                    return false;
                }
                failIfStalled();
            }
        } catch (InterruptedException e) {
            step.skip();
            throw e;
        }
        step.skip();
        return false;
    }

    /** Waits until all that was queued so far is done, or the lane has failed. */
    void await() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        if (!submit(done::countDown, null)) {
            return;
        }
        while (failure.get() == null && !done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            failIfStalled();
        }
    }

    /**
     * Skips what is queued, lets the step in progress end, cleans up; false if the thread is still busy after
     * {@code within} and as long again after an interrupt. Tidying up is not cut short by an interrupt of the caller.
     */
    boolean end(Duration within) {
        ended = true;
        skipQueued();
        queue.offer(END);
        boolean interrupted = Thread.interrupted();
        try {
            if (ends(within)) {
                return true;
            }
            thread.interrupt();
            return ends(within);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean ends(Duration within) {
        try {
            return thread.join(within);
        } catch (InterruptedException e) {
            boolean hasEnded = ends(within);
            Thread.currentThread().interrupt();
            return hasEnded;
        }
    }

    private void failIfStalled() {
        Running current = running;
        if (current != null && current.overdue()
                && failure.compareAndSet(null, stall.apply(current.allowance()))) {
            skipQueued();
            thread.interrupt();
        }
    }

    private void skipQueued() {
        Entry entry;
        while ((entry = queue.poll()) != null) {
            entry.step().skip();
        }
    }

    private void work() {
        while (failure.get() == null && !ended) {
            try {
                Entry entry = queue.take();
                if (ended) {
                    entry.step().skip();
                    break;
                }
                running = new Running(System.nanoTime(), entry.allowance());
                entry.step().run();
            } catch (Throwable e) {
                if (!ended) {
                    failure.compareAndSet(null, e);
                }
            } finally {
                running = null;
            }
        }
        // An interrupt meant for the step that stalled must not hit the clean-up.
        Thread.interrupted();
        skipQueued();
        cleanup.run();
    }
}
