package dev.holdfast.events;

/**
 * One event has to reach one subscriber. {@code webhookId} is a function of the event's source and id and of the
 * subscription, so that a duplicate carries the same one. {@code body} is the text to sign and post, byte for byte, on
 * every try.
 */
public record DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body)
        implements Payload {
}
