package dev.holdfast.scheduler.alert;

import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.FollowCatalog;
import dev.holdfast.scheduler.supervise.Ownership;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.BrokerView;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.ShareGroups;
import dev.holdfast.service.pause.Pauses;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Every few seconds, once the view is current, looks for alerts among the databases of this instance and says what changed. */
public final class Alerting implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

    private final FindAlerts find;
    private final RaiseAlerts raise;
    private final MeasureStanding measures;
    private final ListOrphans orphans;
    private final Observed observed;
    private final Ownership ownership;
    private final Clock clock;
    private final Pace pace;
    private final BooleanSupplier current;
    private ScheduledExecutorService rounds;
    private ScheduledExecutorService listing;

    /** A view that is behind would call late what was told meanwhile. */
    private static final Duration FRESH_WITHIN = Duration.ofSeconds(5);

    /** How often alerts are looked at, and how often the repositories are listed for orphans. */
    public record Pace(Duration every, Duration orphansEvery) {
    }

    /** @param following nothing is said before the log that was there at the start is in the view */
    public Alerting(HoldfastConfig config, Catalog catalog, Pauses pauses, Observed observed, ListOrphans orphans, BrokerView broker,
            Ownership ownership, EventPublisher publisher, ServiceIdentity identity, Clock clock, FollowCatalog following,
            MeterRegistry meters, Pace pace) {
        this.find = new FindAlerts(config, catalog, pauses, observed, orphans,
                () -> queued(broker, Topics.BACKUP_REQUESTS, ShareGroups.BACKUP_WORKERS),
                () -> queued(broker, Topics.VERIFICATION_REQUESTS, ShareGroups.VERIFIERS), clock.instant());
        this.raise = new RaiseAlerts(observed.alerts(), config.scheduler().remindEvery(), publisher, identity);
        this.current = () -> following.awaitFresh(FRESH_WITHIN);
        this.measures = new MeasureStanding(config, following::hasRead, meters);
        this.orphans = orphans;
        this.observed = observed;
        this.ownership = ownership;
        this.clock = clock;
        this.pace = pace;
    }

    private static Optional<Long> queued(BrokerView broker, String topic, String group) {
        try {
            return broker.queue(topic, group).map(BrokerView.QueuePosition::waiting);
        } catch (HoldfastException e) {
            return Optional.empty(); // not known; that the broker is away is told elsewhere
        }
    }

    @Override
    public synchronized void start() {
        rounds = thread("alerts");
        rounds.scheduleWithFixedDelay(() -> guarded("looking for alerts", this::round), 0, pace.every().toMillis(), TimeUnit.MILLISECONDS);
        listing = thread("orphans");
        listing.scheduleWithFixedDelay(() -> guarded("listing orphans", this::list), 0, pace.every().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /** An executor would silently end what throws. */
    private void guarded(String what, Runnable round) {
        try {
            if (current.getAsBoolean()) {
                round.run();
            }
        } catch (HoldfastException e) {
            LOG.warn("{}: {}: {}; tried again", what, e.code(), e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed; the next round tries again", what, e);
        }
    }

    private void list() {
        orphans.list(ownership::speaksFor, clock.instant(), pace.orphansEvery());
    }

    private void round() {
        find.measure(measures, clock.instant());
        Times times = observed.times();
        raise.round(find.find(times, ownership::speaksFor), times.earlier(), ownership::speaksFor);
    }

    @Override
    public synchronized void stop() {
        if (rounds != null) {
            rounds.shutdownNow();
            listing.shutdownNow();
            rounds = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return rounds != null;
    }
}
