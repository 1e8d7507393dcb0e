package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.BrokerView;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.ShareGroups;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Takes part in sharing out the databases and supervises its own, once a second, as soon as the view is current. */
public final class Supervising implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Supervising.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final SuperviseRuns supervise;
    private final Ownership ownership;
    private final BooleanSupplier current;
    private ScheduledExecutorService thread;

    /** @param current whether the log that was there at the start is in the view */
    public Supervising(SupervisedRuns runs, Ownership ownership, BooleanSupplier current, HoldfastConfig config,
            BrokerView broker, EventPublisher publisher, ServiceIdentity identity) {
        this.supervise = new SuperviseRuns(runs, new Supervision(config.databases(), config.scheduler().lease()),
                ownership::owns, activity -> firstOpen(broker, activity), publisher, identity);
        this.ownership = ownership;
        this.current = current;
    }

    private static long firstOpen(BrokerView broker, String activity) {
        boolean backup = activity.equals(RunKey.BACKUP);
        return broker.queue(backup ? Topics.BACKUP_REQUESTS : Topics.VERIFICATION_REQUESTS,
                backup ? ShareGroups.BACKUP_WORKERS : ShareGroups.VERIFIERS).map(BrokerView.QueuePosition::firstOpen).orElse(0L);
    }

    @Override
    public synchronized void start() {
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("supervise").factory());
        thread.scheduleWithFixedDelay(this::round, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** An executor would silently end what throws. */
    private void round() {
        try {
            if (current.getAsBoolean()) {
                ownership.membership().start();
                supervise.round();
            }
        } catch (HoldfastException e) {
            LOG.warn("what is due about the runs could not be said and is tried again: {}: {}", e.code(), e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("supervising the runs failed; the next round tries again", e);
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
            ownership.membership().stop();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
