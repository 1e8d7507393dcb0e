package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.UnreadableEventException;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of one record of a log: handled, tried again later, or put aside. */
final class RecordHandling {

    private static final Logger LOG = LoggerFactory.getLogger(RecordHandling.class);
    private static final int TRIES = 3;
    /** Their queue's group puts unreadable records aside; a second copy by a reader of the log would be noise. */
    private static final Set<String> QUEUES = Set.of(Topics.BACKUP_REQUESTS, Topics.VERIFICATION_REQUESTS);

    private final Optional<String> group;
    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final EventHandler handler;
    /** Failures in a row by partition; the record at fault is always the partition's next. */
    private final Map<Integer, Integer> failures = new HashMap<>();

    sealed interface Outcome {
    }

    record Handled() implements Outcome {
    }

    record TryAgain(Duration delay) implements Outcome {
    }

    RecordHandling(Optional<String> group, EventCodec codec, DeadLetters deadLetters, EventHandler handler) {
        this.group = group;
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.handler = handler;
    }

    Outcome handle(ConsumerRecord<byte[], byte[]> record) {
        Outcome outcome = attempt(record);
        if (outcome instanceof Handled) {
            failures.remove(record.partition());
        }
        return outcome;
    }

    /** Of records that were deleted before the group read them, from the first to before the second position. */
    void lost(TopicPartition partition, long from, long to) {
        LOG.error("{} records of {} were deleted before {} read them", to - from, partition, group.orElseThrow());
        deadLetters.lost(partition, group.orElseThrow(), from, to);
    }

    private Outcome attempt(ConsumerRecord<byte[], byte[]> record) {
        Event<? extends Payload> event;
        try {
            event = Records.decode(codec, record);
        } catch (UnreadableEventException e) {
            return QUEUES.contains(record.topic()) ? skip(record, e) : bury(record, e);
        }
        try {
            Records.correlated(event, () -> handler.handle(event, Records.position(record)));
            return new Handled();
        } catch (HoldfastException e) {
            return e.kind() == FailureKind.RETRIABLE ? again(record, e) : patience(record, e);
        } catch (RuntimeException | Error e) {
            // The text of what nobody expected may hold anything, so only its type is told; the log has the rest.
            return patience(record, new HoldfastException(FailureKind.BUG, "handler-failed", "handling "
                    + event.type().shortName() + " failed: " + e.getClass().getSimpleName(), "report this with the service's log", e));
        }
    }

    private Outcome again(ConsumerRecord<byte[], byte[]> record, HoldfastException e) {
        int count = failures.merge(record.partition(), 1, Integer::sum);
        Duration wait = Backoff.after(count);
        LOG.warn("Handling {} failed, it is tried again in {} ms: {}", where(record), wait.toMillis(), e.getMessage());
        return new TryAgain(wait);
    }

    private Outcome patience(ConsumerRecord<byte[], byte[]> record, HoldfastException e) {
        if (failures.getOrDefault(record.partition(), 0) + 1 < TRIES) {
            return again(record, e);
        }
        LOG.error("Handling {} failed {} times", where(record), TRIES, e);
        return bury(record, e);
    }

    /** A reader without a group has nobody to speak for: it skips, and the groups put the record aside. */
    private Outcome bury(ConsumerRecord<byte[], byte[]> record, HoldfastException reason) {
        if (group.isEmpty() || record.topic().equals(Topics.PROGRESS)) {
            return skip(record, reason);
        }
        try {
            deadLetters.put(record, group.get(), reason.code(), reason.getMessage(), reason.nextStep());
            LOG.warn("Put {} aside: {}", where(record), reason.getMessage());
            return new Handled();
        } catch (HoldfastException e) {
            return again(record, e);
        }
    }

    private static Outcome skip(ConsumerRecord<byte[], byte[]> record, HoldfastException reason) {
        LOG.warn("Skipped {}: {}", where(record), reason.getMessage());
        return new Handled();
    }

    private static String where(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
