package dev.holdfast.events;

/**
 * One event has to reach one subscriber. {@code webhookId} is a function of the event's source and id and of the
 * subscription, so that a duplicate carries the same one. {@code body} is the event, byte for byte, on every try.
 * {@code tries} (null: as many as fit into a day) and {@code requester} are set where a person asked for it;
 * {@code notTriedBecause} where it is to be given up without a try, so that somebody hears of it and can have it sent again.
 */
public record DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body,
        Integer tries, String requester, String notTriedBecause) implements Payload {

    /** Asked for by a person. */
    public DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body,
            Integer tries, String requester) {
        this(database, subscription, webhookId, eventId, eventType, body, tries, requester, null);
    }

    /** Caused by an event. */
    public DeliveryRequested(String database, String subscription, String webhookId, String eventId, String eventType, String body) {
        this(database, subscription, webhookId, eventId, eventType, body, null, null);
    }
}
