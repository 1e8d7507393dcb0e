package dev.holdfast.events;

/** A subscriber was not reached within the time that a delivery has, or wants none. {@code status} is null where nothing answered. */
public record DeliveryAbandoned(String database, String subscription, String webhookId, String eventId, String eventType, int attempts,
        Integer status, String reason, String requestId) implements Payload {
}
