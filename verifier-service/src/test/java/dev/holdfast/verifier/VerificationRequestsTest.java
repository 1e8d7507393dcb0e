package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.Event;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.intake.QueueVerifications;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a claim begins; no proof is run here. */
class VerificationRequestsTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final List<Event<?>> log = new ArrayList<>();

    @Test
    void what_was_tried_in_vain_since_the_intake_asked_is_not_tried_again_and_a_person_may_ask_at_any_time() throws IOException {
        try (Repositories repositories = repositories()) {
            StoredBackups disk = new StoredBackups(repositories.get("disk"));
            ManifestDocument backup = disk.add("shop", NOW.minus(Duration.ofDays(3)));
            disk.verify(backup, "unproven", "archive", NOW);
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, NOW.minusSeconds(1))).isFalse();
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, NOW.plusSeconds(1))).isTrue();
            assertThat(begun(repositories, backup, "ana", NOW.minusSeconds(1))).isTrue();
        }
    }

    private boolean begun(Repositories repositories, ManifestDocument backup, String requester, Instant asked) throws IOException {
        log.clear();
        ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", Clock.fixed(NOW, ZoneOffset.UTC));
        new VerificationRequests(config(), repositories, null, new ToTheLog(), null, null, identity, null, null).claim(
                new Event<>("id", "/test", null, asked, "c", null, new VerificationRequested("shop", backup.id().toString(), "disk",
                        "equal", requester, null, 1)));
        return log.stream().anyMatch(event -> event.data() instanceof VerificationStarted);
    }

    private Repositories repositories() throws IOException {
        return Repositories.open(config(), new Secrets(config(), ServiceRole.VERIFIER, Map.of()));
    }

    private HoldfastConfig config() throws IOException {
        Files.createDirectories(folder.resolve("disk"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {disk: {path: disk}}
                databases: {shop: {user: backup, encryption: none}}
                """);
        return new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
    }

    private final class ToTheLog implements EventPublisher {

        @Override
        public void publish(String topic, Event<?> event) {
            log.add(event);
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            throw new AssertionError("a claim has no pulse");
        }
    }
}
