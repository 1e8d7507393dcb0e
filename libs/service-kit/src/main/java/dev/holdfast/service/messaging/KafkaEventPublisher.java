package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.ProducerListener;

/** Writes structured CloudEvents under the event's own key. */
final class KafkaEventPublisher implements EventPublisher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventPublisher.class);
    private static final Duration DELIVERY = Duration.ofSeconds(10);

    private final String brokers;
    private final EventCodec codec;
    private final DefaultKafkaProducerFactory<byte[], byte[]> confirmed;
    private final DefaultKafkaProducerFactory<byte[], byte[]> unconfirmed;
    private final KafkaTemplate<byte[], byte[]> log;
    private final KafkaTemplate<byte[], byte[]> pulse;
    private final AtomicLong lost = new AtomicLong();

    KafkaEventPublisher(KafkaSettings settings, EventCodec codec) {
        this.brokers = settings.bootstrapServers();
        this.codec = codec;
        this.confirmed = factory(settings, Map.of("acks", "all", "enable.idempotence", true, "linger.ms", 0,
                "request.timeout.ms", 5_000, "delivery.timeout.ms", (int) DELIVERY.toMillis(),
                "max.block.ms", DELIVERY.toMillis()));
        // A beat must never hold up the work that it tells of, not even while there is no metadata.
        this.unconfirmed = factory(settings, Map.of("acks", "1", "enable.idempotence", false, "max.block.ms", 0,
                "request.timeout.ms", 2_000, "delivery.timeout.ms", 5_000, "linger.ms", 100));
        this.log = new KafkaTemplate<>(confirmed);
        this.pulse = new KafkaTemplate<>(unconfirmed);
        // Spring's own listener logs every failure with the record; here failures are thrown, or counted and told thinly.
        log.setProducerListener(new ProducerListener<>() {
        });
        pulse.setProducerListener(new ProducerListener<>() {
        });
    }

    private static DefaultKafkaProducerFactory<byte[], byte[]> factory(KafkaSettings settings, Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(own);
        all.put("client.dns.lookup", "use_all_dns_ips");
        return new DefaultKafkaProducerFactory<>(settings.client(all), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void publish(String topic, Event<?> event) {
        send(record(topic, event), event.type().shortName());
    }

    @Override
    public void publishUnconfirmed(String topic, Event<?> event) {
        ProducerRecord<byte[], byte[]> record = record(topic, event);
        try {
            pulse.send(record).whenComplete((sent, failure) -> {
                if (failure != null) {
                    lose(failure);
                }
            });
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            lose(e);
        }
    }

    /** Sends any record and waits; {@code what} names it in the message. */
    void send(ProducerRecord<byte[], byte[]> record, String what) {
        try {
            log.send(record).get(DELIVERY.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(record.topic(), what, "interrupted", e);
        } catch (ExecutionException | KafkaException | org.springframework.kafka.KafkaException e) {
            throw failure(record.topic(), what, e);
        } catch (TimeoutException e) {
            throw unreachable(record.topic(), what, "no answer within " + DELIVERY.multipliedBy(2), e);
        }
    }

    /** Beats that did not arrive since the start. */
    long lost() {
        return lost.get();
    }

    private ProducerRecord<byte[], byte[]> record(String topic, Event<?> event) {
        byte[] key = event.key() == null ? null : event.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, codec.encode(event));
        record.headers().add("content-type", EventCodec.CONTENT_TYPE.getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private void lose(Throwable failure) {
        long count = lost.incrementAndGet();
        if (Long.bitCount(count) == 1) {
            LOG.warn("{} beats did not reach {}, the last for: {}", count, brokers, root(failure).toString());
        }
    }

    private HoldfastException failure(String topic, String what, Exception e) {
        Throwable root = root(e);
        if (root instanceof RetriableException || root instanceof org.apache.kafka.common.errors.InterruptException) {
            return unreachable(topic, what, root.getMessage(), e);
        }
        return new HoldfastException(FailureKind.PERMANENT, "broker-refused", "writing " + what + " to " + topic + " at "
                + brokers + " was refused: " + root.getMessage(),
                "check kafka.* in holdfast.yml and the topic's permissions", e);
    }

    private HoldfastException unreachable(String topic, String what, String why, Exception e) {
        return new HoldfastException(FailureKind.RETRIABLE, "broker-unreachable", "writing " + what + " to " + topic + " at "
                + brokers + " was not confirmed: " + why,
                "check that the brokers of kafka.bootstrap-servers run and can be reached from here", e);
    }

    private static Throwable root(Throwable e) {
        Throwable at = e;
        while (at.getCause() != null && (at instanceof ExecutionException
                || at instanceof org.springframework.core.NestedRuntimeException)) {
            at = at.getCause();
        }
        return at;
    }

    @Override
    public void close() {
        confirmed.destroy();
        unconfirmed.destroy();
    }
}
