package dev.holdfast.service.messaging;

import dev.holdfast.events.EventCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Opens followers of the log; a bean of every service. None reads before {@link LogFollower#start()}. */
public final class LogFollowers {

    private final KafkaSettings settings;
    private final TopicSetup topics;
    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final List<LogFollower> opened = new CopyOnWriteArrayList<>();
    private final List<Supplier<Optional<String>>> others = new CopyOnWriteArrayList<>();

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

    /**
     * As a group that begins, where it never read, with the first record no older than {@code since}; asked on the reading
     * thread, and only then. Where it began is committed, so that it never begins there twice.
     */
    public LogFollower group(String topic, String group, Supplier<Duration> since, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.of(group), true, Optional.of(since)), handler, assigned -> { },
                revoked -> { }, partition -> OptionalLong.empty());
    }

    /** As a group, told of partitions before their first record and when they are gone; both on the reading thread. */
    public LogFollower group(String topic, String group, EventHandler handler, Consumer<Set<Integer>> assigned,
            Consumer<Set<Integer>> revoked) {
        return follower(topic, new LogFollower.Start(Optional.of(group), true, Optional.empty()), handler, assigned, revoked,
                partition -> OptionalLong.empty());
    }

    /**
     * As a group whose handler returns while a record's work still goes on: the position that is committed never passes
     * the oldest open record, so a restart reads it, and what follows it, again.
     *
     * @param oldestOpen asked by partition on the reading thread; empty where no record is open
     */
    public LogFollower backlog(String topic, String group, EventHandler handler, Consumer<Set<Integer>> assigned,
            Consumer<Set<Integer>> revoked, IntFunction<OptionalLong> oldestOpen) {
        return follower(topic, new LogFollower.Start(Optional.of(group), true, Optional.empty()), handler, assigned, revoked, oldestOpen);
    }

    /** All partitions without a group, from the first record no older than {@code since} on, which is asked when it begins. */
    public LogFollower since(String topic, Supplier<Duration> since, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.empty(), true, Optional.of(since)), handler, assigned -> { },
                revoked -> { }, partition -> OptionalLong.empty());
    }

    /**
     * When the broker took the oldest record that a group has not committed, which is the oldest of all where it never did;
     * empty where it committed all.
     *
     * @throws dev.holdfast.failure.HoldfastException code {@code broker-unreachable}, retriable
     */
    public Optional<Instant> oldestUncommitted(String topic, String group) {
        try (RecordReader reader = reader(topic)) {
            return reader.oldestUncommitted(group);
        }
    }

    /**
     * Whether anything was ever appended to the topic, also where it was deleted since.
     *
     * @throws dev.holdfast.failure.HoldfastException code {@code broker-unreachable}, retriable
     */
    public boolean everHeld(String topic) {
        try (RecordReader reader = reader(topic)) {
            return reader.everHeld();
        }
    }

    /** Reads single records again by their position. */
    public RecordReader reader(String topic) {
        return new RecordReader(topic, settings, codec);
    }

    /** All partitions from their start, without a group, then on; for a view that is rebuilt at every start. */
    public LogFollower fromStart(String topic, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.empty(), true, Optional.empty()), handler, assigned -> { },
                revoked -> { }, partition -> OptionalLong.empty());
    }

    /** All partitions from now on, without a group. What is published once {@code awaitCaughtUp} returned true is seen. */
    public LogFollower fromNow(String topic, EventHandler handler) {
        return follower(topic, new LogFollower.Start(Optional.empty(), false, Optional.empty()), handler, assigned -> { },
                revoked -> { }, partition -> OptionalLong.empty());
    }

    private LogFollower follower(String topic, LogFollower.Start start, EventHandler handler,
            Consumer<Set<Integer>> assigned, Consumer<Set<Integer>> revoked, IntFunction<OptionalLong> oldestOpen) {
        LogFollower follower = new LogFollower(topic, start, next -> new LogReading(topic, start, settings,
                new RecordHandling(start.group(), codec, deadLetters, handler), assigned, revoked, oldestOpen, next), topics);
        opened.add(follower);
        return follower;
    }

    /** Adds to the troubles what keeps somebody from working on what was read, without anybody's data; empty while nothing does. */
    public void alsoAsk(Supplier<Optional<String>> trouble) {
        others.add(trouble);
    }

    /** Why followers that run hear nothing, or others can't go on with what was heard; empty while all is well. */
    public List<String> troubles() {
        Stream<Optional<String>> reading = opened.stream().filter(LogFollower::isRunning).map(LogFollower::trouble);
        return Stream.concat(reading, others.stream().map(Supplier::get)).flatMap(Optional::stream).distinct().toList();
    }

    /** Records that the followers which run have not handled; empty where none runs or one of them does not know. */
    OptionalLong lag() {
        List<OptionalLong> lags = opened.stream().filter(LogFollower::isRunning).map(LogFollower::lag).toList();
        return lags.isEmpty() || lags.stream().anyMatch(OptionalLong::isEmpty) ? OptionalLong.empty()
                : OptionalLong.of(lags.stream().mapToLong(OptionalLong::getAsLong).sum());
    }
}
