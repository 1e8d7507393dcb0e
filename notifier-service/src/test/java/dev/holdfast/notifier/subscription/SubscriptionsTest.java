package dev.holdfast.notifier.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.EventType;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionsTest {

    @TempDir
    private Path folder;

    @Test
    void what_holdfast_yml_subscribes_is_what_is_wanted() throws IOException {
        Subscriptions subscriptions = subscriptions("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[backup.failed, \"verification.*\"]");

        Subscription ops = subscriptions.byName("ops").orElseThrow();
        assertThat(ops.url()).hasToString("https://ops.example.org/hook");
        assertThat(ops.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(subscriptions.wanting(EventType.BACKUP_FAILED)).containsExactly(ops);
        assertThat(subscriptions.wanting(EventType.VERIFICATION_STARTED)).containsExactly(ops);
        assertThat(subscriptions.wanting(EventType.BACKUP_COMPLETED)).isEmpty();
        assertThat(subscriptions.byName("nobody")).isEmpty();
    }

    @Test
    void a_secret_that_is_none_stops_the_start_naming_its_subscription_and_not_itself() {
        assertThatThrownBy(() -> subscriptions("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[\"*\"]"))
                .isInstanceOf(HoldfastException.class).hasMessageContaining("ops").satisfies(failure -> {
                    StringWriter trace = new StringWriter();
                    failure.printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain("MfKQ9r8");
                });
    }

    @Test
    void a_pattern_that_is_none_stops_the_start() {
        assertThatThrownBy(() -> subscriptions("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[\"backup.fail*\"]"))
                .isInstanceOf(HoldfastException.class).hasMessageContaining("backup.fail*");
    }

    private Subscriptions subscriptions(String secret, String events) throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                databases:
                  shop: {user: backup, encryption: none}
                repositories:
                  local: {path: repository}
                subscriptions:
                  ops: {url: "https://ops.example.org/hook", secret: "env:OPS_SECRET", events: %s}
                """.formatted(events));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        return Subscriptions.of(config, new Secrets(config, ServiceRole.NOTIFIER, Map.of("OPS_SECRET", secret)));
    }
}
