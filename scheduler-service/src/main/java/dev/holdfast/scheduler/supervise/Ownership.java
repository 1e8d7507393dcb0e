package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.Topics;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.messaging.BrokerView;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which databases this instance acts for: those whose events lie in the partitions that it was given. Any number of
 * instances share them out; with more instances than partitions some stand by. There is no leader.
 */
public final class Ownership {

    /** What speaks for what concerns no database. */
    private static final String NO_DATABASE = "holdfast";

    private final BrokerView broker;
    private final LogFollower membership;
    private final Set<Integer> owned = new HashSet<>();
    private final Map<String, Integer> partitions = new HashMap<>();

    public Ownership(LogFollowers followers, BrokerView broker, String group) {
        this.broker = broker;
        // Every instance reads the whole log elsewhere; this group only shares out the partitions.
        this.membership = followers.group(Topics.EVENTS, group, (event, position) -> { }, this::gained, this::lost);
    }

    /** To be started and stopped with the service. */
    public LogFollower membership() {
        return membership;
    }

    /** Whether this instance acts for the database now. Without a broker nobody does. */
    public synchronized boolean owns(String database) {
        if (owned.isEmpty()) {
            return false;
        }
        try {
            return owned.contains(partitions.computeIfAbsent(database, alias -> broker.partition(Topics.EVENTS, alias)));
        } catch (HoldfastException e) {
            return false; // the broker can't be asked, and nothing could be told it either
        }
    }

    /** As above; null is what concerns no database, or all of them. */
    public boolean speaksFor(String databaseOrNull) {
        return owns(databaseOrNull == null ? NO_DATABASE : databaseOrNull);
    }

    private synchronized void gained(Set<Integer> numbers) {
        owned.addAll(numbers);
    }

    private synchronized void lost(Set<Integer> numbers) {
        owned.removeAll(numbers);
    }
}
