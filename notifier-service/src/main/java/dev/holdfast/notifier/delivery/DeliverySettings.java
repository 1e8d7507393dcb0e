package dev.holdfast.notifier.delivery;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How deliveries are tried.
 *
 * @param slots  deliveries at once
 * @param pauses between the tries, so that there is one try more than pauses
 */
@ConfigurationProperties("holdfast.deliveries")
public record DeliverySettings(int slots, List<Duration> pauses) {
}
