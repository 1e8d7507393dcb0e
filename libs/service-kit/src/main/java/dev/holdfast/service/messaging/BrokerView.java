package dev.holdfast.service.messaging;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.utils.Utils;

/** What the broker itself knows of topics and queues. Every question is answered within seconds or throws. */
public final class BrokerView implements AutoCloseable {

    private static final int ANSWER_MILLIS = 5_000;

    private final KafkaSettings settings;
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();
    private Admin admin;

    BrokerView(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * A queue, which has one partition.
     *
     * @param firstOpen every record before it was taken or put aside; more may have been, since the broker moves it on with
     *                  the next acknowledgement only, unless nothing lies in the queue
     * @param end       the offset that the next record gets
     * @param waiting   records that nobody has taken
     */
    public record QueuePosition(long firstOpen, long end, long waiting) {
    }

    /**
     * Where a share group is in its queue; empty where nobody has read it yet.
     *
     * @throws HoldfastException code {@code broker-unreachable}, retriable
     */
    public Optional<QueuePosition> queue(String topic, String shareGroup) {
        TopicPartition partition = new TopicPartition(topic, 0);
        long end = ask("the end of " + topic,
                admin().listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition)).offset();
        try {
            Map<TopicPartition, SharePartitionOffsetInfo> offsets = answer(admin().listShareGroupOffsets(Map.of(shareGroup,
                    new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition)))).partitionsToOffsetInfo(shareGroup));
            return Optional.ofNullable(offsets.get(partition)).map(info -> {
                long waiting = info.lag().orElse(end - info.startOffset());
                return new QueuePosition(waiting == 0 ? Math.max(end, info.startOffset()) : info.startOffset(), end, waiting);
            });
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            throw unreachable("the position of " + shareGroup, e);
        } catch (TimeoutException | KafkaException e) {
            throw unreachable("the position of " + shareGroup, e);
        }
    }

    /**
     * The partition that a record of this key is written to by Kafka's own clients.
     *
     * @throws HoldfastException code {@code broker-unreachable}, retriable
     */
    public int partition(String topic, String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)))
                % partitions.computeIfAbsent(topic, this::count);
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ZERO);
        }
    }

    private int count(String topic) {
        return ask("the partitions of " + topic,
                admin().describeTopics(List.of(topic)).topicNameValues().get(topic)).partitions().size();
    }

    private static <T> T ask(String what, KafkaFuture<T> future) {
        try {
            return answer(future);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw unreachable(what, e);
        }
    }

    private static <T> T answer(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
        try {
            return future.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted");
        }
    }

    private static HoldfastException unreachable(String what, Exception e) {
        return new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "asking the broker for " + what + " failed: "
                + e.getClass().getSimpleName(), "check the broker; it is asked again", e);
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(settings.client(Map.of("request.timeout.ms", ANSWER_MILLIS / 2, "default.api.timeout.ms",
                    ANSWER_MILLIS)));
        }
        return admin;
    }
}
