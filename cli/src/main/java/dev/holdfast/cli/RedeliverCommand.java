package dev.holdfast.cli;

import dev.holdfast.cli.log.EventText;
import dev.holdfast.cli.log.KafkaLog;
import dev.holdfast.cli.log.Requests;
import dev.holdfast.cli.output.Printable;
import dev.holdfast.events.DeliveryRepeated;
import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "redeliver", mixinStandardHelpOptions = true, description = {
    "Send a delivery of the last seven days once more, under the same webhook-id, so that a subscriber which has",
    "it already can tell. The notifier-service does it, with a day for its tries."})
final class RedeliverCommand implements Callable<Integer> {

    /** The document of {@code redeliver --json}. */
    record Redelivered(List<Repetition> deliveries) {
    }

    record Repetition(String webhookId, String requestId, String subscription, String eventId, String eventType) {
    }

    private final HoldfastCommand holdfast;

    @Parameters(paramLabel = "ID", description = "A webhook-id (msg_...), or an event's id for all who were to hear of it.")
    String id;

    @Option(names = "--subscription", paramLabel = "NAME", description = "Only to this subscription.")
    String subscription;

    RedeliverCommand(HoldfastCommand holdfast) {
        this.holdfast = holdfast;
    }

    @Override
    public Integer call() {
        Map<String, Object> client = KafkaAccess.client(holdfast.config(), holdfast.surroundings().environment());
        List<Event<DeliveryRequested>> found = find(client);
        if (found.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "delivery-unknown", "looking for the delivery '" + Printable.text(id) + "'"
                    + (subscription == null ? "" : " to the subscription '" + subscription + "'")
                    + " found none in the seven days that are kept", "see the ids with: holdfast deliveries --since 7d");
        }
        List<Repetition> repeated = new ArrayList<>();
        try (Requests requests = new Requests(client)) {
            found.forEach(event -> repeated.add(repeat(requests, event)));
        }
        holdfast.console().document(new Redelivered(repeated));
        repeated.forEach(it -> holdfast.console().line("Asked for " + EventText.shortType(it.eventType()) + " to '" + it.subscription()
                + "' once more (" + it.webhookId() + ")."));
        holdfast.console().line("See how it goes: holdfast deliveries");
        return ExitCode.DONE.code();
    }

    /** The last request of each delivery: an earlier repetition carries the same body. */
    private List<Event<DeliveryRequested>> find(Map<String, Object> client) {
        Map<String, Event<DeliveryRequested>> found = new LinkedHashMap<>();
        try (KafkaLog log = KafkaLog.open(client, List.of(Topics.DELIVERIES), true)) {
            log.follow(event -> {
                if (event.data() instanceof DeliveryRequested it && (it.webhookId().equals(id) || it.eventId().equals(id))
                        && (subscription == null || subscription.equals(it.subscription()))) {
                    @SuppressWarnings("unchecked")
                    Event<DeliveryRequested> request = (Event<DeliveryRequested>) event;
                    found.put(it.webhookId(), request);
                }
                return true;
            }, () -> !log.caughtUp());
        }
        return List.copyOf(found.values());
    }

    /** Who asks comes first, so that nothing is sent that the log can't explain. */
    private Repetition repeat(Requests requests, Event<DeliveryRequested> before) {
        DeliveryRequested it = before.data();
        Event<DeliveryRequested> request = KafkaAccess.request(holdfast.surroundings(), it.webhookId(), new DeliveryRequested(it.database(),
                it.subscription(), it.webhookId(), it.eventId(), it.eventType(), it.body(), null, KafkaAccess.requester()))
                .withCorrelationId(before.correlationId());
        requests.publish(KafkaAccess.request(holdfast.surroundings(), it.webhookId(), new DeliveryRepeated(it.database(), it.subscription(),
                it.webhookId(), it.eventId(), it.eventType(), request.id(), KafkaAccess.requester())).withCorrelationId(before.correlationId()));
        requests.publish(request);
        return new Repetition(it.webhookId(), request.id(), it.subscription(), it.eventId(), it.eventType());
    }
}
