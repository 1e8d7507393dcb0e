package dev.holdfast.notifier.delivery;

import dev.holdfast.events.DeliveryRequested;
import dev.holdfast.events.Event;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.notifier.subscription.Subscription;
import dev.holdfast.notifier.subscription.Subscriptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One try of one delivery, from its request to what the log says of it. */
final class TryDelivery implements Function<Delivery, DeliveryLanes.Result> {

    private static final Logger LOG = LoggerFactory.getLogger(TryDelivery.class);
    private static final Duration UNREADABLE = Duration.ofSeconds(5);

    private final Subscriptions subscriptions;
    private final WebhookClient client;
    private final Function<Delivery, Optional<Event<DeliveryRequested>>> requests;
    private final TellDeliveries log;
    private final RetryPauses pauses;
    private final Duration limit;
    private final Clock clock;
    private final DeliveryMetrics metrics;

    /** @param requests reads a request again that isn't kept; empty where the topic no longer has it */
    TryDelivery(Subscriptions subscriptions, WebhookClient client, Function<Delivery, Optional<Event<DeliveryRequested>>> requests,
            TellDeliveries log, RetryPauses pauses, Duration limit, Clock clock, DeliveryMetrics metrics) {
        this.subscriptions = subscriptions;
        this.client = client;
        this.requests = requests;
        this.log = log;
        this.pauses = pauses;
        this.limit = limit;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public DeliveryLanes.Result apply(Delivery delivery) {
        Optional<Event<DeliveryRequested>> request;
        try {
            request = delivery.kept().or(() -> requests.apply(delivery));
        } catch (HoldfastException e) {
            if (e.kind() != FailureKind.RETRIABLE) {
                throw e;
            }
            LOG.warn("A delivery waits because its request can't be read: {}", e.getMessage());
            return later(delivery, UNREADABLE);
        }
        if (request.isEmpty()) {
            return abandon(delivery.outline(), delivery.progress(), "its request was deleted before it could be told", true);
        }
        return tell(delivery, request.get());
    }

    private DeliveryLanes.Result tell(Delivery delivery, Event<DeliveryRequested> request) {
        Delivery.Progress before = delivery.progress();
        Optional<Subscription> subscription = subscriptions.byName(request.data().subscription());
        if (subscription.isEmpty()) {
            return log.dropped(request, before, "no subscription of this name is configured any more") ? new DeliveryLanes.Over(true)
                    : new DeliveryLanes.Unsettled();
        }
        if (request.data().notTriedBecause() != null) {
            return abandon(request, before, request.data().notTriedBecause(), true);
        }
        if (!clock.instant().isBefore(delivery.queued().plus(limit))) {
            return abandon(request, before, "not delivered within " + hours(limit)
                    + (before.reason() == null ? ", nobody had time to try" : "; " + before.reason()), false);
        }
        return post(delivery, request, subscription.get());
    }

    private DeliveryLanes.Result post(Delivery delivery, Event<DeliveryRequested> request, Subscription subscription) {
        long begin = System.nanoTime();
        Outcome outcome = client.post(subscription, request.data().webhookId(), request.data().body());
        if (log.stopping()) {
            // Cut off, perhaps: what is not said on the log is told again, under the same id.
            return outcome instanceof Outcome.Accepted accepted ? succeed(delivery, request, accepted) : new DeliveryLanes.Unsettled();
        }
        metrics.tried(subscription.name(), outcome, Duration.ofNanos(System.nanoTime() - begin));
        int tries = delivery.progress().tries() + 1;
        Integer most = request.data().tries();
        if (outcome instanceof Outcome.Accepted accepted) {
            return succeed(delivery, request, accepted);
        }
        Delivery.Progress now = new Delivery.Progress(tries, null, outcome.statusOrNull(), outcome.text());
        if (outcome.isFinal() || most != null && tries >= most) {
            return abandon(request, now, outcome.text(), outcome instanceof Outcome.Declined);
        }
        return defer(delivery, request, now, outcome);
    }

    private DeliveryLanes.Result succeed(Delivery delivery, Event<DeliveryRequested> request, Outcome.Accepted accepted) {
        return log.succeeded(request, delivery.progress().tries() + 1, accepted.status()) ? new DeliveryLanes.Over(true)
                : new DeliveryLanes.Unsettled();
    }

    private DeliveryLanes.Result abandon(Event<DeliveryRequested> request, Delivery.Progress last, String reason, boolean answers) {
        return log.abandoned(request, last, reason) ? new DeliveryLanes.Over(answers) : new DeliveryLanes.Unsettled();
    }

    private DeliveryLanes.Result defer(Delivery delivery, Event<DeliveryRequested> request, Delivery.Progress now, Outcome outcome) {
        Optional<Duration> wish = outcome instanceof Outcome.Declined declined ? declined.retryAfter() : Optional.empty();
        Instant end = delivery.queued().plus(limit);
        Instant next = clock.instant().plus(pauses.after(now.tries(), wish));
        Delivery.Progress progress = new Delivery.Progress(now.tries(), next.isAfter(end) ? end : next, now.status(), now.reason());
        log.deferred(request, progress);
        return new DeliveryLanes.Again(progress, outcome instanceof Outcome.Declined declined && declined.isAboutThisOne());
    }

    private DeliveryLanes.Result later(Delivery delivery, Duration pause) {
        Delivery.Progress before = delivery.progress();
        return new DeliveryLanes.Again(new Delivery.Progress(before.tries(), clock.instant().plus(pause), before.status(),
                before.reason()), true);
    }

    private static String hours(Duration limit) {
        return limit.toMinutes() % 60 == 0 ? limit.toHours() + " h" : limit.toSeconds() + " s";
    }
}
