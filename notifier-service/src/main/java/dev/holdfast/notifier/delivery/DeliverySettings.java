package dev.holdfast.notifier.delivery;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How deliveries are tried.
 *
 * @param perSubscription requests at once to one subscriber that answers; to one that doesn't there is one
 * @param limit           how long a delivery is tried, counted from when it was queued
 * @param pauses          after the first try, the second …; the last one is repeated
 * @param keptBytes       how much of what waits is kept in memory; the rest is read again from Kafka when it is due
 */
@ConfigurationProperties("holdfast.deliveries")
public record DeliverySettings(int perSubscription, Duration limit, List<Duration> pauses, long keptBytes) {

    public DeliverySettings {
        if (perSubscription < 1 || pauses.isEmpty()) {
            throw new IllegalArgumentException("deliveries need a request at a time and a pause between two, not "
                    + perSubscription + " and " + pauses);
        }
        pauses = List.copyOf(pauses);
    }
}
