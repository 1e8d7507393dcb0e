package dev.holdfast.service.messaging;

import java.time.Instant;

/** Where a record lies. {@code appended} is the broker's clock where the topic is set to log append time. */
public record LogPosition(String topic, int partition, long offset, Instant appended, String key) {
}
