package dev.holdfast.events;

/** Somebody asked for a delivery once more; it goes out under the same webhook-id. */
public record DeliveryRepeated(String database, String subscription, String webhookId, String eventId, String eventType,
        String requestId, String requester) implements Payload {
}
