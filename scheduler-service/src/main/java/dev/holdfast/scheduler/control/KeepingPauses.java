package dev.holdfast.scheduler.control;

import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Looks once a minute for pauses that the log would forget. */
public final class KeepingPauses implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(KeepingPauses.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Runnable round;
    private ScheduledExecutorService thread;

    /** @param round of {@link KeepPauses}, or nothing where the view is behind */
    public KeepingPauses(Runnable round) {
        this.round = round;
    }

    @Override
    public synchronized void start() {
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("pauses").factory());
        thread.scheduleWithFixedDelay(this::guarded, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** An executor would silently end what throws. */
    private void guarded() {
        try {
            round.run();
        } catch (HoldfastException e) {
            LOG.warn("a pause that the log would forget could not be told again and is tried again: {}: {}", e.code(), e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("telling pauses again failed; the next round tries again", e);
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
