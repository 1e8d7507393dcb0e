package dev.holdfast.verifier.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.LatestLink;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep and the log make the intake do, by what two repositories hold. */
class IntakeTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final SettableClock clock = SettableClock.at(NOW);
    private final List<Event<?>> log = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private Repositories repositories;
    private QueueVerifications intake;
    private StoredBackups disk;
    private StoredBackups second;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("disk"));
        Files.createDirectories(folder.resolve("second"));
        use("every", "equal");
        disk = new StoredBackups(repositories.get("disk"));
        second = new StoredBackups(repositories.get("second"));
    }

    @AfterEach
    void close() {
        repositories.close();
    }

    @Test
    void a_success_below_the_policy_s_level_settles_nothing() {
        ManifestDocument backup = disk.add("shop", day(1));
        disk.verify(backup, "verified", "checksum", day(1));
        assertThat(sweep()).singleElement().satisfies(event -> {
            assertThat(((VerificationRequested) event.data()).level()).isEqualTo("equal");
            assertThat(event.subject()).isEqualTo(backup.id().toString());
        });
        disk.verify(backup, "verified", "equal", day(0));
        assertThat(sweep()).isEmpty();
        disk.verify(backup, "verified", "checksum", day(0).plusSeconds(1));
        assertThat(sweep()).isEmpty();
    }

    @Test
    void raising_the_policy_s_level_asks_for_the_proof_that_is_missing() throws IOException {
        use("every", "archive");
        ManifestDocument backup = disk.add("shop", day(1));
        disk.verify(backup, "verified", "archive", day(1));
        assertThat(sweep()).isEmpty();
        use("every", "equal");
        assertThat(sweep()).extracting(Event::subject).containsExactly(backup.id().toString());
    }

    @Test
    void a_refuted_backup_is_not_asked_for_again_whatever_level_it_was_refuted_at() {
        disk.verify(disk.add("shop", day(2)), "refuted", "none", day(1));
        ManifestDocument other = disk.add("shop", day(1));
        disk.verify(other, "refuted", "restore", day(1));
        disk.verify(other, "verified", "checksum", day(0));
        assertThat(sweep()).isEmpty();
    }

    @Test
    void an_unproven_backup_is_asked_for_again_after_a_day() {
        ManifestDocument backup = disk.add("shop", day(3));
        disk.verify(backup, "unproven", "archive", NOW.minus(Duration.ofHours(23)));
        assertThat(sweep()).isEmpty();
        ManifestDocument older = disk.add("shop", day(4));
        disk.verify(older, "unproven", "archive", NOW.minus(Duration.ofHours(25)));
        assertThat(sweep()).extracting(Event::subject).containsExactly(older.id().toString());
    }

    @Test
    void daily_weekly_and_never_ask_for_the_newest_where_nothing_was_proven_for_that_long() throws IOException {
        ManifestDocument older = disk.add("shop", day(3));
        ManifestDocument newest = disk.add("shop", day(1));
        disk.verify(older, "verified", "equal", day(3));
        use("weekly", "equal");
        assertThat(sweep()).isEmpty();
        use("daily", "equal");
        assertThat(sweep()).extracting(Event::subject).containsExactly(newest.id().toString());
        use("never", "equal");
        assertThat(sweep()).isEmpty();
    }

    @Test
    void a_proof_below_the_policy_s_level_is_not_the_weekly_one() throws IOException {
        disk.verify(disk.add("shop", day(3)), "verified", "checksum", day(3));
        ManifestDocument newest = disk.add("shop", day(1));
        use("weekly", "equal");
        assertThat(sweep()).extracting(Event::subject).containsExactly(newest.id().toString());
    }

    @Test
    void a_request_that_was_put_aside_is_made_again_by_the_next_sweep_and_one_that_was_begun_is_not() {
        ManifestDocument begun = disk.add("shop", day(2));
        ManifestDocument buried = disk.add("shop", day(1));
        assertThat(sweep()).hasSize(2);
        assertThat(sweep()).as("on their way").isEmpty();
        hear(new VerificationStarted("shop", begun.id().toString(), "disk", "equal", 1, "nonce", "verifier"), NOW);
        hear(new AlertRaised("shop", "dead-letter", "warning", "holdfast.backup-requests-0@4", "other", "look"), NOW);
        hear(new AlertRaised("shop", "dead-letter", "warning", "holdfast.verification-requests-0@4", "old", "look"), day(1));
        assertThat(sweep()).as("that was another queue, and what was told before it was asked for").isEmpty();
        hear(new AlertRaised("shop", "dead-letter", "warning", "holdfast.verification-requests-0@9", "gone", "look"), NOW);
        assertThat(sweep()).extracting(Event::subject).containsExactly(buried.id().toString());
        hear(new RunReleased("shop", begun.id().toString(), "verification", 1, "the verifier shuts down"), NOW);
        assertThat(sweep()).as("given back, and no scheduler has accepted it").extracting(Event::subject).containsExactly(begun.id().toString());
    }

    @Test
    void a_request_that_nobody_began_is_made_again_after_an_hour_and_one_that_was_begun_after_a_day() {
        ManifestDocument begun = disk.add("shop", day(2));
        ManifestDocument lost = disk.add("shop", day(1));
        ManifestDocument impossible = disk.add("shop", day(3));
        sweep();
        hear(new AlertRaised("shop", "verification-impossible", "warning", impossible.id().toString(), "no key", "look"), NOW);
        hear(new VerificationStarted("shop", begun.id().toString(), "disk", "equal", 1, "nonce", "verifier"), NOW);
        clock.advance(Duration.ofHours(1));
        assertThat(sweep()).extracting(Event::subject).containsExactly(lost.id().toString());
        clock.advance(Duration.ofHours(24));
        assertThat(sweep()).extracting(Event::subject).contains(begun.id().toString(), impossible.id().toString());
    }

    @Test
    void each_copy_is_asked_for() {
        ManifestDocument backup = disk.add("shop", day(1));
        second.copy(backup);
        assertThat(sweep()).extracting(event -> ((VerificationRequested) event.data()).repository())
                .containsExactlyInAnyOrder("disk", "second");
    }

    @Test
    void two_manifests_under_one_id_are_an_alert_and_are_not_proven() {
        ManifestDocument one = disk.add("shop", day(1));
        ManifestDocument other = second.add("shop", day(1));
        assertThat(one.sha256()).isNotEqualTo(other.sha256());
        assertThat(sweep()).singleElement().satisfies(event -> {
            AlertRaised alert = (AlertRaised) event.data();
            assertThat(alert.alert()).isEqualTo("manifest-conflict");
            assertThat(alert.severity()).isEqualTo("critical");
            assertThat(alert.about()).isEqualTo(one.id().toString());
            assertThat(alert.reason()).contains(one.sha256(), other.sha256(), "disk", "second");
        });
        assertThat(seen).isEmpty();
    }

    @Test
    void a_manifest_that_is_not_the_one_that_was_announced_is_an_alert_and_is_not_proven_later_either() {
        ManifestDocument backup = disk.add("shop", day(1));
        handle(completed(backup, "0".repeat(64)));
        assertThat(log).singleElement().satisfies(event -> {
            assertThat(((AlertRaised) event.data()).alert()).isEqualTo("manifest-conflict");
            assertThat(((AlertRaised) event.data()).reason()).contains("backup.completed has SHA-256 " + "0".repeat(64));
            assertThat(event.correlationId()).isEqualTo("c-1");
        });
        assertThat(sweep()).as("told once").isEmpty();
    }

    @Test
    void a_manifest_that_was_announced_is_asked_for_and_what_was_said_of_an_expired_one_is_forgotten() {
        ManifestDocument backup = disk.add("shop", day(1));
        handle(completed(backup, "0".repeat(64)));
        handle(new BackupExpired("shop", "dump", backup.id().toString(), "disk", "age", 1));
        log.clear();
        handle(completed(backup, backup.sha256()));
        assertThat(log).extracting(event -> event.data().getClass().getSimpleName()).containsExactly("VerificationRequested");
    }

    @Test
    void the_sweep_mends_a_link_that_is_missing_dangling_or_on_what_is_not_verified() {
        LatestLink link = repositories.get("disk").latestLink().orElseThrow();
        ManifestDocument good = disk.add("shop", day(4));
        ManifestDocument better = disk.add("shop", day(3));
        ManifestDocument newest = disk.add("shop", day(2));
        sweep();
        assertThat(link.target("shop")).as("nothing is proven").isEmpty();
        disk.verify(good, "verified", "equal", day(2));
        disk.verify(better, "verified", "equal", day(2));
        disk.verify(newest, "verified", "checksum", day(2));
        sweep();
        assertThat(link.target("shop")).contains(better.id());
        disk.verify(better, "refuted", "restore", day(1));
        sweep();
        assertThat(link.target("shop")).contains(good.id());
        link.point("shop", BackupId.scheduled("shop", "dump", day(9)));
        sweep();
        assertThat(link.target("shop")).as("it dangled").contains(good.id());
        disk.verify(good, "refuted", "none", day(1));
        sweep();
        assertThat(link.target("shop")).as("nothing is left to point at").isEmpty();
    }

    private List<Event<?>> sweep() {
        log.clear();
        intake.sweep();
        return List.copyOf(log);
    }

    private void handle(Payload data) {
        intake.handle(new Event<>("id", "/worker", "subject", NOW, "c-1", null, data), new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
    }

    private void hear(Payload data, Instant appended) {
        intake.heard(new Event<>("id", "/verifier", "subject", appended, "c-1", null, data),
                new LogPosition("holdfast.events", 0, 0, appended, "shop"));
    }

    private static BackupCompleted completed(ManifestDocument backup, String sha256) {
        return new BackupCompleted("shop", "dump", backup.id().toString(), 1, day(1), day(1), day(1), 1, 1, false, "15", sha256,
                List.of(new BackupCompleted.Copy("disk", 1)), List.of());
    }

    /** As a service that has just started with this policy. */
    private void use(String every, String level) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "none:1"}
                repositories:
                  disk: {path: disk}
                  second: {path: second}
                databases:
                  shop: {user: backup, encryption: none, repositories: [disk, second], verify: {every: %s, level: %s}}
                """.formatted(every, level));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        if (repositories == null) {
            repositories = Repositories.open(config, new Secrets(config, ServiceRole.VERIFIER, Map.of()));
        }
        ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", clock);
        intake = new QueueVerifications(config, repositories, new ToTheLog(), identity, new ManifestConflicts(repositories, identity),
                (repository, manifest) -> seen.add(repository.name() + "/" + manifest.id()), clock);
    }

    private final class ToTheLog implements EventPublisher {

        @Override
        public void publish(String topic, Event<?> event) {
            log.add(event);
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            throw new AssertionError("an intake has no pulse");
        }
    }

    private static Instant day(int ago) {
        return NOW.minus(Duration.ofDays(ago));
    }
}
