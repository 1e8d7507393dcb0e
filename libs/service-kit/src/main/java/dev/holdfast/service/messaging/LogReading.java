package dev.holdfast.service.messaging;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** One consumer's life. Used by one thread, except {@link #wakeup()}. */
final class LogReading implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogReading.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final String topic;
    private final LogFollower.Start start;
    private final RecordHandling handling;
    private final Consumer<Set<Integer>> assigned;
    private final Consumer<Set<Integer>> revoked;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final IntFunction<OptionalLong> oldestOpen;
    private final Map<TopicPartition, Long> handled = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final Map<TopicPartition, Instant> held = new HashMap<>();
    private final Set<TopicPartition> fresh = new HashSet<>();
    private final Map<TopicPartition, Long> ahead = new HashMap<>();
    private final Map<TopicPartition, Long> next;
    private boolean hasPartitions;

    LogReading(String topic, LogFollower.Start start, KafkaSettings settings, RecordHandling handling,
            Consumer<Set<Integer>> assigned, Consumer<Set<Integer>> revoked, IntFunction<OptionalLong> oldestOpen,
            Map<TopicPartition, Long> next) {
        this.topic = topic;
        this.start = start;
        this.handling = handling;
        this.assigned = assigned;
        this.revoked = revoked;
        this.oldestOpen = oldestOpen;
        this.next = next;
        // A reader from now on seeks to the end itself: where the log was wiped under it, it has missed what is there.
        Map<String, Object> own = new HashMap<>(Map.of("enable.auto.commit", false, "auto.offset.reset",
                "earliest", "max.poll.records", 100, "max.poll.interval.ms", 600_000, "allow.auto.create.topics", false));
        start.group().ifPresent(group -> own.putAll(Map.of("group.id", group, "group.protocol", "consumer")));
        this.consumer = new DefaultKafkaConsumerFactory<>(settings.client(own), new ByteArrayDeserializer(),
                new ByteArrayDeserializer()).createConsumer();
    }

    void open() {
        if (start.group().isPresent()) {
            consumer.subscribe(List.of(topic), new Rebalances());
            return;
        }
        List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map((PartitionInfo info) -> new TopicPartition(topic, info.partition())).toList();
        consumer.assign(all);
        if (start.since().isPresent()) {
            seekTo(all, start.since().get());
        } else if (start.earliest()) {
            consumer.seekToBeginning(all);
        } else {
            consumer.seekToEnd(all);
        }
        next.forEach(consumer::seek);
        // Seeking is lazy: the position is asked for now, so that nothing appended from here on is passed over.
        all.forEach(partition -> next.put(partition, consumer.position(partition)));
        take(all);
    }

    /**
     * By the broker's time of the records; where none is that young, to the end as it was before anybody asked. Kafka's own
     * reset "by_duration" finds no position in a partition without such a record, and fails (seen with 4.2).
     */
    private void seekTo(Collection<TopicPartition> partitions, Supplier<Duration> since) {
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long time = Instant.now().minus(since.get()).toEpochMilli();
        consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> time)))
                .forEach((partition, found) -> consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
    }

    private Collection<TopicPartition> neverRead(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> positions = consumer.committed(Set.copyOf(partitions));
        return partitions.stream().filter(partition -> positions.get(partition) == null).toList();
    }

    /** What the topic deleted by age before this group read it would otherwise be passed over without a word. */
    private void tellLosses(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        consumer.committed(Set.copyOf(partitions)).forEach((partition, position) -> {
            if (position != null && position.offset() < beginnings.get(partition)) {
                handling.lost(partition, position.offset(), beginnings.get(partition));
                handled.put(partition, beginnings.get(partition));
            }
        });
    }

    /** Reads and handles what is there, and commits it. */
    void step(Duration atMost, CountDownLatch stopping) {
        release();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(atMost);
        aim();
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                if (stopping.getCount() == 0 || !handle(partition, record)) {
                    break;
                }
            }
        }
        commit();
        ahead.entrySet().removeIf(target -> consumer.assignment().contains(target.getKey())
                && consumer.position(target.getKey()) >= target.getValue());
    }

    /** Whether all that was there at the assignment is handled. */
    boolean caughtUp() {
        return hasPartitions && fresh.isEmpty() && ahead.isEmpty();
    }

    /** Ends the waits for what is handled now. Where the broker does not answer they go on. */
    void answer(Set<Mark> marks, CountDownLatch stopping) {
        if (marks.isEmpty() || !hasPartitions || stopping.getCount() == 0) {
            return;
        }
        try {
            for (Mark mark : marks) {
                if (!mark.hasEnds()) {
                    mark.ends(consumer.endOffsets(consumer.assignment(), ANSWER));
                }
                if (mark.ends().entrySet().stream().allMatch(end -> isPast(end.getKey(), end.getValue()))) {
                    mark.reached();
                }
            }
        } catch (TimeoutException e) {
            LOG.debug("The broker did not say where {} ends", topic, e);
        }
    }

    /** A partition that was taken away is another instance's to handle. */
    private boolean isPast(TopicPartition partition, long end) {
        return !consumer.assignment().contains(partition) || consumer.position(partition, ANSWER) >= end;
    }

    OptionalLong lag() {
        long sum = 0;
        for (TopicPartition partition : consumer.assignment()) {
            OptionalLong lag = consumer.currentLag(partition);
            if (lag.isEmpty()) {
                return lag;
            }
            sum += lag.getAsLong();
        }
        return hasPartitions ? OptionalLong.of(sum) : OptionalLong.empty();
    }

    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }

    private boolean handle(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        switch (handling.handle(record)) {
            case RecordHandling.Handled ignored -> {
                handled.put(partition, record.offset() + 1);
                next.computeIfPresent(partition, (known, before) -> record.offset() + 1);
                return true;
            }
            case RecordHandling.TryAgain again -> {
                consumer.seek(partition, record.offset());
                consumer.pause(List.of(partition));
                held.put(partition, Instant.now().plus(again.delay()));
                return false;
            }
        }
    }

    private void release() {
        Instant now = Instant.now();
        held.entrySet().removeIf(entry -> {
            boolean over = !entry.getValue().isAfter(now);
            if (over && consumer.assignment().contains(entry.getKey())) {
                consumer.resume(List.of(entry.getKey()));
            }
            return over;
        });
    }

    private void take(Collection<TopicPartition> partitions) {
        hasPartitions = true;
        fresh.addAll(partitions);
        assigned.accept(numbers(partitions));
    }

    private void aim() {
        if (!fresh.isEmpty()) {
            ahead.putAll(consumer.endOffsets(Set.copyOf(fresh)));
            fresh.clear();
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        handled.forEach((partition, next) -> {
            long position = Math.min(next, oldestOpen.apply(partition.partition()).orElse(next));
            if (position > committed.getOrDefault(partition, -1L)) {
                due.put(partition, new OffsetAndMetadata(position));
            }
        });
        if (start.group().isEmpty() || due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due);
            due.forEach((partition, position) -> committed.put(partition, position.offset()));
        } catch (CommitFailedException | RetriableException e) {
            // The next step commits again, or another instance repeats what the handler must bear.
            LOG.warn("Committing the position in {} was not confirmed: {}", topic, e.toString());
        }
    }

    private static Set<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).collect(Collectors.toUnmodifiableSet());
    }

    private void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> {
            handled.remove(partition);
            committed.remove(partition);
            held.remove(partition);
            fresh.remove(partition);
            ahead.remove(partition);
        });
        revoked.accept(numbers(partitions));
    }

    private final class Rebalances implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            tellLosses(partitions);
            start.since().ifPresent(since -> {
                Collection<TopicPartition> neverRead = neverRead(partitions);
                seekTo(neverRead, since);
                // Committed even where nothing comes: later, what came meanwhile would be too old to begin with.
                neverRead.forEach(partition -> handled.put(partition, consumer.position(partition)));
            });
            take(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            forget(partitions);
        }
    }
}
