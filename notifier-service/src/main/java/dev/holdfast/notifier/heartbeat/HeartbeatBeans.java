package dev.holdfast.notifier.heartbeat;

import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.LogFollowers;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The call to the outside, where one is configured. */
@Configuration(proxyBeanMethods = false)
public class HeartbeatBeans {

    @Bean
    CallOutside callOutside(HoldfastConfig config, Secrets secrets, LogFollowers followers, MeterRegistry registry,
            @Value("${holdfast.heartbeat.silent-after:30s}") Duration silentAfter) {
        HeardServices heard = new HeardServices(silentAfter, System::nanoTime);
        Set<String> expected = ServiceRole.expected(config).stream().map(ServiceRole::service).collect(Collectors.toSet());
        return new CallOutside(url(config.heartbeat(), secrets), config.heartbeat().every(), expected, heard,
                followers.fromNow(Topics.PROGRESS, (event, position) -> heard.hear(event)), registry);
    }

    private static Optional<URI> url(HoldfastConfig.Heartbeat heartbeat, Secrets secrets) {
        return heartbeat.url().or(() -> heartbeat.secretUrl().map(reference -> {
            try {
                URI url = URI.create(secrets.resolve(reference).reveal());
                if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                    return url;
                }
            } catch (IllegalArgumentException e) {
                throw noUrl(); // its message quotes the secret
            }
            throw noUrl();
        }));
    }

    private static HoldfastException noUrl() {
        return new HoldfastException(FailureKind.PERMANENT, "heartbeat-url-invalid", "reading heartbeat.url: what its reference holds is no http or https URL",
                "put the whole URL there, such as https://example.com/ping/…");
    }
}
