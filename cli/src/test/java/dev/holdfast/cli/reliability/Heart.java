package dev.holdfast.cli.reliability;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceRole;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One more worker that has nothing to do but to beat, in every partition of the pulse, as the services of a larger installation
 * do: whoever wakes to a backlog reads the same time once in each of them.
 */
final class Heart implements AutoCloseable {

    private static final int PARTITIONS = 3;

    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("heart").factory());
    private final Instant startedAt = Instant.now();

    Heart(String bootstrapServers) {
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrapServers, "max.block.ms", 100, "reconnect.backoff.max.ms", 500,
                // A beat that comes late would tell of a clock that is wrong.
                "request.timeout.ms", 1_000, "delivery.timeout.ms", 2_000),
                new ByteArraySerializer(), new ByteArraySerializer());
        timer.scheduleAtFixedRate(this::beat, 0, 1, TimeUnit.SECONDS);
    }

    private void beat() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Instant now = Instant.now();
            ServiceAlive alive = new ServiceAlive(null, ServiceRole.BACKUP.service(), "heart", "0", startedAt, 0, 0, null, now);
            byte[] value = new EventCodec().encode(Event.of("/holdfast/" + ServiceRole.BACKUP.service(), now, alive).withInstance("heart"));
            producer.send(new ProducerRecord<>(Topics.PROGRESS, partition, null, value));
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close(Duration.ofSeconds(5));
    }
}
