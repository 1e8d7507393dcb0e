package dev.holdfast.service.health;

import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.TopicSetup;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while a broker answers, the topics are as they must be, and whoever reads the log can. */
public final class KafkaHealth implements HealthIndicator {

    private final TopicSetup topics;
    private final LogFollowers followers;

    public KafkaHealth(TopicSetup topics, LogFollowers followers) {
        this.topics = topics;
        this.followers = followers;
    }

    @Override
    public Health health() {
        if (!topics.answers()) {
            return Health.down().withDetail("state", topics.state()).build();
        }
        List<String> troubles = followers.troubles();
        return troubles.isEmpty() ? Health.up().build() : Health.down().withDetail("state", String.join("; ", troubles)).build();
    }
}
