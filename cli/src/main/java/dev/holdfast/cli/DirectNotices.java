package dev.holdfast.cli;

import dev.holdfast.cli.output.Console;
import dev.holdfast.events.Event;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.delivery.DeliverNow;
import dev.holdfast.notifier.delivery.WebhookClient;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells the subscribers of a run without Kafka, of which the notifier-service never hears. Deliveries go out once the run
 * is over, so that a slow subscriber doesn't hold a dump's snapshot open; none of them changes how the command ends.
 */
final class DirectNotices implements AutoCloseable {

    private final Console console;
    private final Optional<WebhookClient> client;
    private final Optional<DeliverNow> deliverNow;
    private final List<Event<?>> happened = new ArrayList<>();

    private DirectNotices(Console console, Optional<WebhookClient> client, Optional<DeliverNow> deliverNow) {
        this.console = console;
        this.client = client;
        this.deliverNow = deliverNow;
    }

    /**
     * @param wanted whether {@code --notify} was given; otherwise nobody is told
     * @throws HoldfastException where a subscription or its secret is none: before anything was begun
     */
    static DirectNotices open(HoldfastCommand holdfast, HoldfastConfig config, boolean wanted) {
        if (!wanted) {
            return new DirectNotices(holdfast.console(), Optional.empty(), Optional.empty());
        }
        Subscriptions subscriptions = Subscriptions.of(config, holdfast.secrets(config, ServiceRole.NOTIFIER));
        WebhookClient client = new WebhookClient(holdfast.surroundings().clock());
        return new DirectNotices(holdfast.console(), Optional.of(client), Optional.of(new DeliverNow(subscriptions, client)));
    }

    void happened(Event<?> event) {
        happened.add(event);
    }

    /** Delivers what happened, and says of each delivery how it went. */
    @Override
    public void close() {
        try {
            deliverNow.ifPresent(now -> happened.forEach(event -> now.deliver(event).forEach(delivery -> tell(event, delivery))));
        } catch (HoldfastException e) {
            console.error("holdfast: the subscribers were not told: " + e.getMessage() + "\n  next: " + e.nextStep());
        } finally {
            client.ifPresent(WebhookClient::close);
        }
    }

    private void tell(Event<?> event, DeliverNow.Delivery delivery) {
        String what = event.type().shortName() + " to the subscription '" + delivery.subscription() + "'";
        if (delivery.delivered()) {
            console.line("Delivered " + what + ": " + delivery.detail() + ".");
        } else {
            console.error("holdfast: " + what + " was NOT delivered in " + delivery.attempts() + " tries: " + delivery.detail()
                    + "\n  next: check the subscription's url and that its receiver answers 2xx; the backup itself is not affected");
        }
    }
}
