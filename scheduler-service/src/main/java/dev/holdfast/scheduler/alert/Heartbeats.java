package dev.holdfast.scheduler.alert;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.scheduler.supervise.LeaseClock;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.messaging.ServiceBeats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which services beat, by the broker's clock as far as this instance heard it: in an outage nobody is called missing. Not
 * thread-safe towards itself only in that a snapshot is taken under its lock.
 */
final class Heartbeats {

    /** Silent for so long, an instance is gone, and a service whose instances are all gone is missing. */
    static final Duration GONE = Duration.ofMinutes(2);

    /** So many beats in a row, so that one that waited for its broker proves nothing. */
    static final int BEATS = 3;

    private final LeaseClock clock = new LeaseClock();
    private final Map<String, Living> instances = new HashMap<>();
    private final Map<String, Long> services = new HashMap<>();

    private static final class Living {
        private String service;
        private long sign;
        private Instant appended;
        private final Deque<Duration> skews = new ArrayDeque<>();
    }

    /**
     * An instance that beats.
     *
     * @param skew how far its clock is ahead of the broker's, the smallest of the last beats; null before there are enough
     */
    record Instance(String service, String name, Instant lastBeat, Duration skew) {
    }

    /**
     * One moment.
     *
     * @param heardFor how long the pulse was listened to
     * @param silent   how long no instance of a service was heard, by its name
     */
    record Snapshot(Duration heardFor, List<Instance> instances, Map<String, Duration> silent) {
    }

    /** Folds one record of the pulse in; every record moves the clock. */
    synchronized void beat(Event<? extends Payload> event, LogPosition position) {
        Instant appended = position.appended();
        clock.advance(position);
        if (event.data() instanceof ServiceAlive alive) {
            Living living = instances.computeIfAbsent(alive.instance(), name -> new Living());
            living.service = alive.service();
            living.sign = clock.elapsed();
            living.appended = appended;
            services.put(alive.service(), clock.elapsed());
            if (alive.clock() != null) {
                living.skews.addLast(Duration.between(appended, alive.clock()));
                if (living.skews.size() > BEATS) {
                    living.skews.removeFirst();
                }
            }
        }
    }

    /** Milliseconds since this instance first heard the pulse, as the broker's clock passed. */
    synchronized long elapsed() {
        return clock.elapsed();
    }

    /** The newest time on the broker that is known. */
    synchronized Optional<Instant> brokerTime() {
        return Optional.ofNullable(clock.brokerTime());
    }

    synchronized Snapshot now() {
        long elapsed = clock.elapsed();
        instances.values().removeIf(living -> elapsed - living.sign > GONE.toMillis());
        Map<String, Duration> silent = new HashMap<>();
        services.forEach((service, sign) -> silent.put(service, Duration.ofMillis(elapsed - sign)));
        return new Snapshot(Duration.ofMillis(elapsed), instances.entrySet().stream().map(entry -> new Instance(entry.getValue().service,
                entry.getKey(), entry.getValue().appended, smallest(entry.getValue().skews).orElse(null))).toList(), silent);
    }

    private static Optional<Duration> smallest(Deque<Duration> skews) {
        return skews.size() < BEATS ? Optional.empty() : skews.stream().min((one, other) -> one.abs().compareTo(other.abs()));
    }

    /** Nobody who listened for less knows which clocks go wrong. */
    static Duration enoughBeats() {
        return ServiceBeats.EVERY.multipliedBy(BEATS + 2);
    }
}
