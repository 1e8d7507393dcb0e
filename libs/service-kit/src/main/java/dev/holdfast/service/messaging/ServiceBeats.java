package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.service.HoldfastVersion;
import dev.holdfast.service.ServiceIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Tells the pulse every five seconds that this service lives, what its queues do and how far its followers are. */
public final class ServiceBeats implements SmartLifecycle {

    /** Between two beats. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ServiceBeats.class);

    private final EventPublisher publisher;
    private final WorkQueues queues;
    private final LogFollowers followers;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final Instant startedAt;
    private volatile Supplier<Optional<String>> unwell = Optional::empty;
    private boolean silent;
    private ScheduledExecutorService timer;

    ServiceBeats(EventPublisher publisher, WorkQueues queues, LogFollowers followers, ServiceIdentity identity, Clock clock) {
        this.publisher = publisher;
        this.queues = queues;
        this.followers = followers;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** No beat is told while this gives a reason: a service that can't do its work would look well to whoever hears it. */
    public void silentWhile(Supplier<Optional<String>> reason) {
        unwell = reason;
    }

    @Override
    public synchronized void start() {
        if (timer == null) {
            timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("alive-" + identity.service()).factory());
            timer.scheduleAtFixedRate(this::beat, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void stop() {
        if (timer != null) {
            timer.shutdownNow();
            timer = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return timer != null;
    }

    void beat() {
        try {
            Optional<String> reason = unwell.get();
            if (silent != reason.isPresent()) {
                silent = reason.isPresent();
                LOG.warn(silent ? "{} no longer says that it lives: {}" : "{} says again that it lives", identity.instance(), reason.orElse(""));
            }
            if (silent) {
                return;
            }
            publisher.publishUnconfirmed(Topics.PROGRESS,
                    Event.of(identity.source(), clock.instant(), alive()).withInstance(identity.instance()));
        } catch (RuntimeException e) {
            LOG.warn("A beat of {} failed", identity.instance(), e);
        }
    }

    private ServiceAlive alive() {
        List<WorkQueue<?>> opened = queues.opened();
        OptionalLong lag = followers.lag();
        return new ServiceAlive(null, identity.service(), identity.instance(), HoldfastVersion.current(), startedAt,
                opened.isEmpty() ? null : opened.stream().mapToInt(WorkQueue::slots).sum(),
                opened.isEmpty() ? null : opened.stream().mapToInt(WorkQueue::running).sum(),
                lag.isPresent() ? lag.getAsLong() : null, clock.instant());
    }
}
