package dev.holdfast.events;

/**
 * One event has to reach one subscriber. {@code webhookId} is a function of the event's source and id and of the
 * subscription, so that a duplicate carries the same one. {@code body} is the event, byte for byte, on every try.
 * {@code tries} (null: as many as fit into a day) and {@code requester} are set where a person asked for it.
 */
public record DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body,
        Integer tries, String requester) implements Payload {

    /** Caused by an event. */
    public DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body) {
        this(database, subscription, webhookId, eventId, eventType, body, null, null);
    }
}
