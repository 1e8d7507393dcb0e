package dev.holdfast.events;

import java.time.Instant;

/** A try failed; the delivery is tried again at {@code nextTryAt}. {@code status} is null where nothing answered. */
public record DeliveryDeferred(String database, String subscription, String webhookId, String eventId, String eventType, int attempts,
        Integer status, String reason, String requestId, Instant nextTryAt) implements Payload {
}
