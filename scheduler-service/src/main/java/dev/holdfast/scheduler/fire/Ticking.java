package dev.holdfast.scheduler.fire;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Ticks the schedules by the clock, on one thread, while the service runs. */
public final class Ticking implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Ticking.class);

    private final FireSchedules schedules;
    private final Clock clock;
    private final Duration every;
    private ScheduledExecutorService thread;

    public Ticking(FireSchedules schedules, Clock clock, Duration every) {
        this.schedules = schedules;
        this.clock = clock;
        this.every = every;
    }

    @Override
    public synchronized void start() {
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("schedule-tick").factory());
        thread.scheduleWithFixedDelay(this::tick, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            schedules.tick(clock.instant());
        } catch (RuntimeException | Error e) {
            LOG.error("ticking the schedules failed; the next tick tries again", e); // an executor would silently stop ticking
        }
    }

    @Override
    public synchronized void stop() {
        thread.shutdownNow();
        thread = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
