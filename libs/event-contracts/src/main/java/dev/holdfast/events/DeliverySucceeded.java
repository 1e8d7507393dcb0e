package dev.holdfast.events;

/** A subscriber answered 2xx. */
public record DeliverySucceeded(String database, String subscription, String webhookId, String eventId, String eventType, int attempts,
        int status, String requestId) implements Payload {
}
