package dev.holdfast.notifier.delivery;

import dev.holdfast.notifier.signature.WebhookSecret;
import dev.holdfast.notifier.subscription.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Tries one delivery until it is taken, declined for good, or the pauses are used up. */
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

    /** @param tried hears of every try and how long it took */
    Ended run(Subscription subscription, WebhookSecret secret, String webhookId, byte[] body, BiConsumer<Outcome, Duration> tried)
            throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            long begin = System.nanoTime();
            Outcome outcome = client.post(subscription, secret, webhookId, body);
            tried.accept(outcome, Duration.ofNanos(System.nanoTime() - begin));
            boolean over = switch (outcome) {
                case Outcome.Accepted ignored -> true;
                case Outcome.Declined declined -> declined.isGone();
                case Outcome.Unanswered ignored -> false;
            };
            if (over || attempt > pauses.size()) {
                return new Ended(attempt, outcome);
            }
            Thread.sleep(pauses.get(attempt - 1));
        }
    }
}
