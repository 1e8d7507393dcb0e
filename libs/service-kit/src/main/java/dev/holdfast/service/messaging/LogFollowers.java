package dev.holdfast.service.messaging;

import java.util.Set;
import java.util.function.Consumer;

/** Opens followers of the log; a bean of every service. */
public final class LogFollowers {

    /** As a group: resumes where it stopped, commits only what was handled; partitions are shared out among instances. */
    public LogFollower group(String topic, String group, EventHandler handler) {
        throw new UnsupportedOperationException();
    }

    /** As above, told of partitions before their first record and when they are gone. */
    public LogFollower group(String topic, String group, EventHandler handler, Consumer<Set<Integer>> assigned,
            Consumer<Set<Integer>> revoked) {
        throw new UnsupportedOperationException();
    }

    /** All partitions from their start, without a group, then on; for a view that is rebuilt at every start. */
    public LogFollower fromStart(String topic, EventHandler handler) {
        throw new UnsupportedOperationException();
    }

    /** All partitions from now on, without a group. */
    public LogFollower fromNow(String topic, EventHandler handler) {
        throw new UnsupportedOperationException();
    }
}
