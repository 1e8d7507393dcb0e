package dev.holdfast.notifier.delivery;

import dev.holdfast.events.EventCodec;
import dev.holdfast.events.UnreadableEventException;
import dev.holdfast.notifier.slack.SlackMessage;
import dev.holdfast.notifier.subscription.Endpoint;
import java.nio.charset.StandardCharsets;

/** What is posted: the event as it is, or what a chat shows of it. */
record Message(String webhookId, String contentType, byte[] body) {

    private static final EventCodec CODEC = new EventCodec();

    /** @param event the structured JSON, byte for byte the same at every try */
    static Message of(Endpoint.Format format, String webhookId, String event) {
        byte[] body = event.getBytes(StandardCharsets.UTF_8);
        return switch (format) {
            case CLOUDEVENTS -> new Message(webhookId, EventCodec.CONTENT_TYPE, body);
            case SLACK -> new Message(webhookId, "application/json; charset=utf-8", slack(body));
        };
    }

    private static byte[] slack(byte[] body) {
        try {
            return SlackMessage.of(CODEC.decode(body)).json();
        } catch (UnreadableEventException e) {
            return SlackMessage.ofUnreadable(e.getMessage()).json();
        }
    }
}
