package dev.holdfast.notifier.delivery;

import dev.holdfast.notifier.subscription.Subscription;
import java.time.Duration;
import java.util.List;

/** Tries one delivery until it is taken, declined for good, or the pauses are used up: where nobody could wait for a day. */
final class QuickTries {

    /** @param attempts made, the last one included; {@code outcome} is the last one's */
    record Ended(int attempts, Outcome outcome) {
    }

    private final WebhookClient client;
    private final List<Duration> pauses;

    /** @param pauses between the tries, so that there is one try more than pauses */
    QuickTries(WebhookClient client, List<Duration> pauses) {
        this.client = client;
        this.pauses = List.copyOf(pauses);
    }

    Ended run(Subscription subscription, String webhookId, String event) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Outcome outcome = client.post(subscription, webhookId, event);
            if (outcome.isFinal() || attempt > pauses.size()) {
                return new Ended(attempt, outcome);
            }
            Thread.sleep(pauses.get(attempt - 1));
        }
    }
}
