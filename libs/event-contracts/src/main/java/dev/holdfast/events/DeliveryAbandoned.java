package dev.holdfast.events;

/** A subscriber was not reached within the tries it has. {@code status} is null where nothing answered. */
public record DeliveryAbandoned(String database, String subscription, String webhookId, String eventId, String eventType, int attempts,
        Integer status, String reason) implements Payload {
}
