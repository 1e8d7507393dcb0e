package dev.holdfast.verifier.intake;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Sweeps at start and then regularly; aged proofs are asked for in between, as others get done. */
public final class Sweeping implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeping.class);

    private static final Duration REPROVE = Duration.ofSeconds(30);
    /** The log says what is under way. Without a broker nothing could be asked for; what is found is still told by metrics. */
    private static final Duration LOG_BEFORE_SWEEP = Duration.ofMinutes(1);

    private final QueueVerifications queue;
    private final Duration every;
    private final Predicate<Duration> log;
    private ScheduledExecutorService timer;

    /** @param log waits so long for the queue to have heard what was on the log at the start */
    public Sweeping(QueueVerifications queue, Duration every, Predicate<Duration> log) {
        this.log = log;
        this.queue = queue;
        this.every = every;
    }

    @Override
    public synchronized void start() {
        timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("sweep").factory());
        timer.scheduleWithFixedDelay(this::sweep, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(this::reprove, REPROVE.toMillis(), REPROVE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A throw would end the timer; the next sweep looks again. */
    private void sweep() {
        try {
            if (!log.test(LOG_BEFORE_SWEEP)) {
                LOG.info("Sweeping before the log was read; what is under way may be asked for twice");
            }
            queue.sweep();
        } catch (RuntimeException e) {
            LOG.warn("The sweep for unproven backups failed", e);
        }
    }

    private void reprove() {
        try {
            queue.reprove();
        } catch (RuntimeException e) {
            LOG.warn("Asking for aged proofs to be made anew failed; the next time tries again", e);
        }
    }

    @Override
    public synchronized void stop() {
        timer.shutdownNow();
        timer = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return timer != null;
    }
}
