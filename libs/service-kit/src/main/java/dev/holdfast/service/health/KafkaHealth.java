package dev.holdfast.service.health;

import dev.holdfast.service.messaging.TopicSetup;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while a broker answers and the topics are as they must be. */
public final class KafkaHealth implements HealthIndicator {

    private final TopicSetup topics;

    public KafkaHealth(TopicSetup topics) {
        this.topics = topics;
    }

    @Override
    public Health health() {
        return topics.answers() ? Health.up().build() : Health.down().withDetail("state", topics.state()).build();
    }
}
