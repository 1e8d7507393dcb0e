package dev.holdfast.service.messaging;

import dev.holdfast.events.EventCodec;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Opens followers of the log; a bean of every service. None reads before {@link LogFollower#start()}. */
public final class LogFollowers {

    private final KafkaSettings settings;
    private final TopicSetup topics;
    private final EventCodec codec;
    private final DeadLetters deadLetters;

    LogFollowers(KafkaSettings settings, TopicSetup topics, EventCodec codec, DeadLetters deadLetters) {
        this.settings = settings;
        this.topics = topics;
        this.codec = codec;
        this.deadLetters = deadLetters;
    }

    /** As a group: resumes where it stopped, commits only what was handled; partitions are shared out among instances. */
    public LogFollower group(String topic, String group, EventHandler handler) {
        return group(topic, group, handler, assigned -> { }, revoked -> { });
    }

    /** As above, told of partitions before their first record and when they are gone; both on the reading thread. */
    public LogFollower group(String topic, String group, EventHandler handler, Consumer<Set<Integer>> assigned,
            Consumer<Set<Integer>> revoked) {
        return follower(topic, new LogFollower.Start(Optional.of(group), true), handler, assigned, revoked);
    }

    /** All partitions from their start, without a group, then on; for a view that is rebuilt at every start. */
    public LogFollower fromStart(String topic, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.empty(), true), handler, assigned -> { }, revoked -> { });
    }

    /** All partitions from now on, without a group. What is published once {@code awaitCaughtUp} returned true is seen. */
    public LogFollower fromNow(String topic, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.empty(), false), handler, assigned -> { }, revoked -> { });
    }

    private LogFollower follower(String topic, LogFollower.Start start, EventHandler handler,
            Consumer<Set<Integer>> assigned, Consumer<Set<Integer>> revoked) {
        return new LogFollower(topic, start, () -> new LogReading(topic, start, settings,
                new RecordHandling(start.group(), codec, deadLetters, handler), assigned, revoked), topics);
    }
}
