package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.UnreadableEventException;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.testkit.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single records, read again by their position. */
class RecordReaderIT {

    private final String topic = "reader-" + UUID.randomUUID();
    private final EventCodec codec = new EventCodec();
    private final RecordReader reader = new RecordReader(topic, KafkaSettings.local(KafkaServer.shared().bootstrapServers()), codec);

    @BeforeEach
    void create() {
        RawTopics.create(KafkaServer.shared(), topic);
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void any_record_is_read_in_any_order_as_often_as_it_is_asked_for() {
        append(IntStream.range(0, 500).mapToObj(i -> "r" + i).toArray(String[]::new));

        for (int offset : new int[] {499, 0, 250, 251, 0, 499}) {
            assertThat(read(offset)).contains("r" + offset);
        }
    }

    @Test
    void what_was_deleted_or_is_not_there_yet_is_empty_and_what_comes_later_is_found() {
        append("zero");
        append("one");
        RawTopics.deleteBefore(KafkaServer.shared(), topic, 1);

        assertThat(read(0)).isEmpty();
        assertThat(read(1)).contains("one");
        assertThat(read(2)).isEmpty();
        append("two");
        assertThat(read(2)).contains("two");
    }

    @Test
    void what_is_no_event_fails_and_its_neighbour_does_not() {
        write("garbage".getBytes(StandardCharsets.UTF_8));
        append("one");

        assertThatThrownBy(() -> read(0)).isInstanceOf(UnreadableEventException.class);
        assertThat(read(1)).contains("one");
    }

    @Test
    void a_topic_held_something_also_where_it_was_deleted_since() {
        assertThat(reader.everHeld()).isFalse();
        append("zero");
        RawTopics.deleteBefore(KafkaServer.shared(), topic, 1);
        assertThat(reader.everHeld()).isTrue();
    }

    @Test
    void the_oldest_record_that_a_group_has_not_committed_is_the_oldest_of_all_before_it_did() {
        assertThat(reader.oldestUncommitted("group")).isEmpty();
        Instant zero = appendedAfter("zero");
        Instant one = appendedAfter("one");

        assertThat(reader.oldestUncommitted("group")).hasValueSatisfying(oldest -> assertThat(oldest).isBetween(zero, one));
        commit("group", 1);
        assertThat(reader.oldestUncommitted("group")).hasValueSatisfying(oldest -> assertThat(oldest).isAfterOrEqualTo(one));
        commit("group", 2);
        assertThat(reader.oldestUncommitted("group")).isEmpty();
    }

    @Test
    void records_that_were_deleted_before_they_were_committed_do_not_count() {
        append("zero");
        append("one");
        commit("behind", 0);
        RawTopics.deleteBefore(KafkaServer.shared(), topic, 1);

        assertThat(reader.oldestUncommitted("behind")).isPresent();
    }

    @Test
    void without_a_broker_it_fails_retriably() {
        try (KafkaServer absent = KafkaServer.absent();
                RecordReader nobody = new RecordReader(topic, KafkaSettings.local(absent.bootstrapServers()), codec, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> nobody.read(0, 0)).isInstanceOfSatisfying(HoldfastException.class, failure -> {
                assertThat(failure.kind()).isEqualTo(FailureKind.RETRIABLE);
                assertThat(failure.code()).isEqualTo("broker-unreachable");
            });
        }
    }

    private Optional<String> read(long offset) {
        return reader.read(0, offset).map(event -> ((RunReleased) event.data()).reason());
    }

    private void append(String... reasons) {
        write(Stream.of(reasons).map(reason -> codec.encode(Event.of("/test", Instant.now(), new RunReleased("shop", "run", "backup", 1,
                reason)))).toArray(byte[][]::new));
    }

    /** A moment that lies, to the millisecond of the broker's times, before it. */
    private Instant appendedAfter(String reason) {
        Instant before = Instant.now();
        while (Instant.now().toEpochMilli() == before.toEpochMilli()) {
            Thread.onSpinWait();
        }
        append(reason);
        return before;
    }

    @SuppressWarnings("unchecked")
    private void write(byte[]... values) {
        RawTopics.write(KafkaServer.shared(), Stream.of(values).map(value -> new ProducerRecord<byte[], byte[]>(topic, value))
                .toArray(ProducerRecord[]::new));
    }

    private void commit(String group, long position) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", KafkaServer.shared().bootstrapServers(),
                "group.id", group), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(position)));
        }
    }
}
