package dev.holdfast.verifier.intake;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Sweeps at start and then regularly. */
public final class Sweeping implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeping.class);

    private final QueueVerifications queue;
    private final Duration every;
    private ScheduledExecutorService timer;

    public Sweeping(QueueVerifications queue, Duration every) {
        this.queue = queue;
        this.every = every;
    }

    @Override
    public synchronized void start() {
        timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("sweep").factory());
        timer.scheduleWithFixedDelay(this::sweep, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A throw would end the timer; the next sweep looks again. */
    private void sweep() {
        try {
            queue.sweep();
        } catch (RuntimeException e) {
            LOG.warn("The sweep for unproven backups failed", e);
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
