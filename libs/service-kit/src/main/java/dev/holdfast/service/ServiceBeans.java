package dev.holdfast.service;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.health.KafkaHealth;
import dev.holdfast.service.health.RepositoriesHealth;
import dev.holdfast.service.messaging.BrokerView;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.ServiceBeats;
import dev.holdfast.service.messaging.TopicSetup;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The beans that every service finds. Kafka's clients are made by {@link Messaging} alone. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = KafkaAutoConfiguration.class)
class ServiceBeans {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    ServiceIdentity serviceIdentity(ServiceRole role, Clock clock) {
        return ServiceIdentity.newInstance(role.service(), clock);
    }

    /** Fails the start where a secret is missing, or where one can be read that is another service's. */
    @Bean
    Secrets secrets(HoldfastConfig config, ServiceRole role) {
        Secrets secrets = new Secrets(config, role, System.getenv());
        secrets.check();
        return secrets;
    }

    @Bean
    Messaging messaging(HoldfastConfig config, Secrets secrets, ServiceIdentity identity,
            ConfigurableApplicationContext service) {
        Messaging messaging = Messaging.open(KafkaSettings.of(config, secrets), identity);
        messaging.topics().tryNow();
        messaging.topics().keepTrying(refusal -> service.close());
        return messaging;
    }

    @Bean
    TopicSetup topicSetup(Messaging messaging) {
        return messaging.topics();
    }

    @Bean
    EventPublisher eventPublisher(Messaging messaging) {
        return messaging.publisher();
    }

    @Bean
    WorkQueues workQueues(Messaging messaging) {
        return messaging.queues();
    }

    @Bean
    LogFollowers logFollowers(Messaging messaging) {
        return messaging.followers();
    }

    @Bean
    Pulse pulse(Messaging messaging) {
        return messaging.pulse();
    }

    @Bean
    ServiceBeats serviceBeats(Messaging messaging, Clock clock) {
        return messaging.beats(clock);
    }

    @Bean
    BrokerView brokerView(Messaging messaging) {
        return messaging.broker();
    }

    @Bean
    BackupMetrics backupMetrics(MeterRegistry registry) {
        return new BackupMetrics(registry);
    }

    @Bean
    @Conditional(SeesRepositories.class)
    Repositories repositories(HoldfastConfig config, Secrets secrets) {
        return Repositories.open(config, secrets);
    }

    @Bean
    HealthIndicator kafkaHealthIndicator(Messaging messaging) {
        return new KafkaHealth(messaging.topics(), messaging.followers());
    }

    @Bean
    @Conditional(SeesRepositories.class)
    HealthIndicator repositoriesHealthIndicator(Repositories repositories) {
        return new RepositoriesHealth(repositories);
    }

    @Bean
    InfoContributor serviceInfo(ServiceIdentity identity) {
        return info -> info.withDetail("service", Map.of("name", identity.service(), "instance", identity.instance(),
                "version", HoldfastVersion.current()));
    }

    @Bean
    FilterRegistrationBean<RequestContextLogging> requestContextLogging(ServiceIdentity identity) {
        FilterRegistrationBean<RequestContextLogging> filter =
                new FilterRegistrationBean<>(new RequestContextLogging(identity.service()));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    static final class SeesRepositories implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return ServiceRole.of(context.getEnvironment().getRequiredProperty("spring.config.name")).seesRepositories();
        }
    }
}
