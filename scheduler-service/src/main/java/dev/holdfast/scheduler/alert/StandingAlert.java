package dev.holdfast.scheduler.alert;

import java.time.Instant;

/**
 * An alert that was raised and not resolved.
 *
 * @param told     when it was last told
 * @param reminder how often it was reminded of
 * @param elsewhere whether another service told it first
 */
public record StandingAlert(AlertKey key, String severity, String reason, String nextStep, Instant since, Instant told,
        int reminder, boolean elsewhere, String correlationId) {
}
