package dev.holdfast.notifier.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * {@code holdfast_deliveries_total} by subscription and outcome (succeeded, abandoned), and
 * {@code holdfast_delivery_try_seconds} by subscription and result (accepted, declined, unanswered).
 */
public final class DeliveryMetrics {

    private final MeterRegistry registry;

    public DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void tried(String subscription, Outcome outcome, Duration took) {
        String result = switch (outcome) {
            case Outcome.Accepted ignored -> "accepted";
            case Outcome.Declined ignored -> "declined";
            case Outcome.Unanswered ignored -> "unanswered";
        };
        registry.timer("holdfast.delivery.try", "subscription", subscription, "result", result).record(took);
    }

    void ended(String subscription, String outcome) {
        registry.counter("holdfast.deliveries", "subscription", subscription, "outcome", outcome).increment();
    }
}
