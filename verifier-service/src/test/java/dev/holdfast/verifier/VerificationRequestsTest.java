package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
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
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a claim begins; no proof is run here. */
class VerificationRequestsTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final List<Event<?>> log = new ArrayList<>();
    private final LiveProofs live = new LiveProofs();
    private final ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void what_the_intake_asked_for_and_has_a_result_by_now_is_told_again_under_its_id_and_not_proven_again() throws IOException {
        try (Repositories repositories = repositories()) {
            StoredBackups disk = new StoredBackups(repositories.get("disk"));
            ManifestDocument backup = disk.add("shop", NOW.minus(Duration.ofDays(3)));
            VerificationDocument result = disk.verify(backup, "verified", "equal", NOW);
            claim(repositories, backup, QueueVerifications.REQUESTER, QueueVerifications.requestId(backup, "disk", 0));
            assertThat(log).singleElement().satisfies(event -> {
                assertThat(event.data()).isInstanceOf(BackupVerified.class);
                assertThat(event.id()).isEqualTo(new ProofEvents(identity).of(backup, result, "any").id());
                assertThat(event.correlationId()).isEqualTo("c");
            });
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, QueueVerifications.requestId(backup, "disk", 1)))
                    .as("asked for with that result known").isTrue();
            assertThat(begun(repositories, backup, "ana", "her own")).as("a person may ask at any time").isTrue();
        }
    }

    @Test
    void what_somebody_proves_already_is_not_begun_twice_where_a_scheduler_watches_over_that_one() throws IOException {
        try (Repositories repositories = repositories()) {
            ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW.minus(Duration.ofDays(3)));
            String id = QueueVerifications.requestId(backup, "disk", 0);
            hear(started(backup, 1, "equal", "other"));
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, id)).as("nobody would notice its end").isTrue();
            hear(new VerificationAccepted("shop", backup.id().toString(), "equal", QueueVerifications.REQUESTER,
                    new AcceptedRequest(id, "/test", NOW, 1L, 1, null, null, "disk", null, null, null)));
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, id)).isFalse();
            assertThat(begun(repositories, backup, "ana", id)).as("she waits for her own").isTrue();
            hear(new RunReleased("shop", backup.id().toString(), "verification", 1, "silent", null, "disk", 1));
            assertThat(begun(repositories, backup, QueueVerifications.REQUESTER, id)).as("it was given back").isTrue();
        }
    }

    /** The broker confirmed neither the start nor the claim, or the start alone. */
    @Test
    void a_claim_that_is_tried_again_repeats_its_start_and_is_no_duplicate_of_itself() throws IOException {
        try (Repositories repositories = repositories()) {
            ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW.minus(Duration.ofDays(3)));
            hear(new VerificationAccepted("shop", backup.id().toString(), "equal", "ana",
                    new AcceptedRequest("hers", "/test", NOW, 1L, 1, null, null, "disk", null, null, null)));
            VerificationRequests requests = requests(repositories, atMost -> true);
            requests.claim(request(backup, "ana", "hers"));
            hear(log.getLast());
            requests.claim(request(backup, "ana", "hers"));
            assertThat(log).hasSize(2);
            assertThat(log.getLast()).isEqualTo(log.getFirst());
            hear(new RunReleased("shop", backup.id().toString(), "verification", 1, "silent", nonce(log.getLast()), "disk", 1));
            requests.claim(request(backup, "ana", "hers"));
            assertThat(nonce(log.getLast())).as("somebody gave the first one back").isNotEqualTo(nonce(log.getFirst()));
            hear(log.getLast());
            hear(new VerificationAccepted("shop", backup.id().toString(), "equal", "ana",
                    new AcceptedRequest("another", "/test", NOW, 1L, 1, null, null, "disk", null, null, null)));
            claim(repositories, backup, "ana", "another");
            assertThat(log).as("another request of the same run finds it").hasSize(3);
        }
    }

    private static String nonce(Event<?> started) {
        return ((VerificationStarted) started.data()).nonce();
    }

    @Test
    void a_claim_waits_for_the_log_so_that_it_can_be_cancelled_and_superseded() throws IOException {
        try (Repositories repositories = repositories()) {
            ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
            VerificationRequests requests = requests(repositories, atMost -> false);
            assertThatThrownBy(() -> requests.claim(request(backup, "ana", "id"))).isInstanceOfSatisfying(HoldfastException.class, e -> {
                assertThat(e.code()).isEqualTo("log-not-followed");
                assertThat(e.kind()).isEqualTo(FailureKind.RETRIABLE);
            });
            assertThat(log).isEmpty();
        }
    }

    private boolean begun(Repositories repositories, ManifestDocument backup, String requester, String id) throws IOException {
        log.clear();
        claim(repositories, backup, requester, id);
        return log.stream().anyMatch(event -> event.data() instanceof VerificationStarted);
    }

    private void claim(Repositories repositories, ManifestDocument backup, String requester, String id) throws IOException {
        requests(repositories, atMost -> true).claim(request(backup, requester, id));
    }

    private VerificationRequests requests(Repositories repositories, Predicate<Duration> current) throws IOException {
        ToTheLog publisher = new ToTheLog();
        return new VerificationRequests(config(), new FindCopy(config(), repositories, publisher, identity), null, publisher, null, null,
                identity, null, live, null, current);
    }

    private static Event<VerificationRequested> request(ManifestDocument backup, String requester, String id) {
        return new Event<>(id, "/test", null, NOW, "c", null, new VerificationRequested("shop", backup.id().toString(), "disk",
                "equal", requester, null, 1));
    }

    private void hear(Payload data) {
        live.handle(new Event<>("id", "/verifier", "subject", NOW, "other", null, data), new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
    }

    private void hear(Event<? extends Payload> event) {
        live.handle(event, new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
    }

    private static VerificationStarted started(ManifestDocument backup, int attempt, String level, String nonce) {
        return new VerificationStarted("shop", backup.id().toString(), "disk", level, attempt, nonce, "verifier-1");
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
