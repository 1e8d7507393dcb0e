package dev.holdfast.cli.log;

import dev.holdfast.events.DeliveryAbandoned;
import dev.holdfast.events.DeliveryDeferred;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.DeliverySucceeded;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What requests and the log say of each delivery, in whatever order the two are read. */
public final class DeliveryStates {

    /**
     * One delivery. {@code state} is pending (not tried yet), retrying, delivered or abandoned; {@code since} is when it
     * came to that; {@code status} the last answer's, null where none came; {@code requester} null where an event caused it.
     */
    public record State(String webhookId, String requestId, String subscription, String database, String eventId, String eventType,
            String state, Instant requestedAt, Instant since, int tries, Integer status, String reason, Instant nextTryAt,
            String requester) {

        private State asked(Instant at, String by) {
            return new State(webhookId, requestId, subscription, database, eventId, eventType, state, at, since, tries, status, reason,
                    nextTryAt, by);
        }

        boolean isOver() {
            return state.equals("delivered") || state.equals("abandoned");
        }
    }

    private final Map<String, State> byRequest = new LinkedHashMap<>();

    /** Takes in what concerns a delivery and nothing else. */
    public void read(Event<? extends Payload> event) {
        switch (event.data()) {
            case DeliveryRequested it -> asked(event, it);
            case DeliverySucceeded it -> put(event, it.requestId(), new State(it.webhookId(), it.requestId(), it.subscription(), it.database(),
                    it.eventId(), it.eventType(), "delivered", null, event.time(), it.attempts(), it.status(), null, null, null));
            case DeliveryAbandoned it -> put(event, it.requestId(), new State(it.webhookId(), it.requestId(), it.subscription(), it.database(),
                    it.eventId(), it.eventType(), "abandoned", null, event.time(), it.attempts(), it.status(), it.reason(), null, null));
            case DeliveryDeferred it -> put(event, it.requestId(), new State(it.webhookId(), it.requestId(), it.subscription(), it.database(),
                    it.eventId(), it.eventType(), "retrying", null, event.time(), it.attempts(), it.status(), it.reason(), it.nextTryAt(), null));
            default -> {
                // No delivery.
            }
        }
    }

    /** Oldest first by when they came to their state. */
    public List<State> all() {
        return byRequest.values().stream().sorted(Comparator.comparing(State::since)).toList();
    }

    private void asked(Event<? extends Payload> event, DeliveryRequested it) {
        State pending = new State(it.webhookId(), event.id(), it.subscription(), it.database(), it.eventId(), it.eventType(), "pending",
                null, event.time(), 0, null, null, null, null);
        byRequest.merge(event.id(), pending.asked(event.time(), it.requester()), (before, now) ->
                before.asked(event.time(), it.requester()));
    }

    private void put(Event<? extends Payload> event, String requestId, State state) {
        byRequest.merge(requestId == null ? state.webhookId() : requestId, state, (before, now) -> {
            boolean older = before.isOver() && !now.isOver() || before.tries() > now.tries();
            return older ? before : now.asked(before.requestedAt(), before.requester());
        });
    }
}
