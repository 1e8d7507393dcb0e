package dev.holdfast.notifier.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * By subscription: {@code holdfast_deliveries_total} by outcome (succeeded, abandoned, deferred: one for each failed try that
 * is followed by another), {@code holdfast_delivery_try_seconds} by result (accepted, declined, unanswered, refused),
 * {@code holdfast_deliveries_pending} and {@code holdfast_deliveries_oldest_pending_seconds} (0 where none is).
 */
final class DeliveryMetrics {

    private final MeterRegistry registry;

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void tried(String subscription, Outcome outcome, Duration took) {
        String result = switch (outcome) {
            case Outcome.Accepted ignored -> "accepted";
            case Outcome.Declined ignored -> "declined";
            case Outcome.Unanswered ignored -> "unanswered";
            case Outcome.Refused ignored -> "refused";
        };
        registry.timer("holdfast.delivery.try", "subscription", subscription, "result", result).record(took);
    }

    void ended(String subscription, String outcome) {
        registry.counter("holdfast.deliveries", "subscription", subscription, "outcome", outcome).increment();
    }

    /** Shows what waits for a subscription; the age is in seconds. */
    void watch(String subscription, Supplier<Number> pending, Supplier<Number> oldestSeconds) {
        Gauge.builder("holdfast.deliveries.pending", pending).tag("subscription", subscription).register(registry);
        Gauge.builder("holdfast.deliveries.oldest.pending.seconds", oldestSeconds).tag("subscription", subscription).register(registry);
    }
}
