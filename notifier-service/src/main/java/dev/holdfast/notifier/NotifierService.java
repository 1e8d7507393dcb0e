package dev.holdfast.notifier;

import dev.holdfast.events.Topics;
import dev.holdfast.notifier.delivery.Deliveries;
import dev.holdfast.notifier.delivery.DeliverySettings;
import dev.holdfast.notifier.delivery.WebhookClient;
import dev.holdfast.notifier.heartbeat.HeartbeatBeans;
import dev.holdfast.notifier.subscription.QueueDeliveries;
import dev.holdfast.notifier.subscription.Subscriptions;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Tells subscribers what happened: from the log to one delivery per event and subscriber, and from there to their webhooks. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeliverySettings.class)
@Import(HeartbeatBeans.class)
public class NotifierService {

    static final String NAME = "notifier-service";

    public static void main(String[] args) {
        HoldfastService.launch(NotifierService.class, NAME, args);
    }

    @Bean
    Subscriptions subscriptions(HoldfastConfig config, Secrets secrets) {
        return Subscriptions.of(config, secrets);
    }

    @Bean
    WebhookClient webhookClient(Clock clock) {
        return new WebhookClient(clock);
    }

    @Bean
    LogFollower log(LogFollowers followers, Subscriptions subscriptions, EventPublisher publisher, ServiceIdentity identity,
            Clock clock, MeterRegistry meters) {
        return followers.group(Topics.EVENTS, QueueDeliveries.GROUP, () -> QueueDeliveries.reach(!followers.everHeld(Topics.DELIVERIES)),
                new QueueDeliveries(subscriptions, publisher, identity, clock, meters));
    }

    @Bean
    Deliveries deliveries(LogFollowers followers, Subscriptions subscriptions, WebhookClient client, EventPublisher publisher,
            ServiceIdentity identity, Clock clock, MeterRegistry meters, DeliverySettings settings) {
        return new Deliveries(followers, subscriptions, client, publisher, identity, clock, meters, settings);
    }
}
