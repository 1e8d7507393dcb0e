package dev.holdfast.verifier.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.Event;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import dev.holdfast.testkit.SettableClock;
import dev.holdfast.verifier.prove.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the policies ask for as time goes by, of real backups in a real repository. */
@ExtendWith(PostgresExtension.class)
class QueueVerificationsIT {

    @TempDir
    private Path folder;
    private final SettableClock clock = SettableClock.at(Instant.now());
    private final List<Event<?>> published = new ArrayList<>();
    private Bench bench;
    private Database database;

    @BeforeEach
    void bench(PostgresServer server, Database source) {
        bench = new Bench(folder, server);
        database = source;
    }

    @Test
    void daily_asks_for_the_newest_backup_once_a_day_after_the_last_proof() throws IOException {
        follows("daily", Duration.ofDays(1));
    }

    @Test
    void weekly_asks_for_the_newest_backup_once_a_week_after_the_last_proof() throws IOException {
        follows("weekly", Duration.ofDays(7));
    }

    private void follows(String every, Duration period) throws IOException {
        QueueVerifications queue = queue(every);
        bench.backUp(database);
        ManifestDocument second = later();
        queue.sweep();
        assertThat(asked()).containsExactly(second.id().toString());

        proven(second, "verified");
        ManifestDocument third = later();
        clock.advance(period.minusMinutes(1));
        queue.sweep();
        assertThat(asked()).doesNotContain(third.id().toString());

        clock.advance(Duration.ofMinutes(2));
        queue.sweep();
        assertThat(asked()).containsExactly(second.id().toString(), third.id().toString());

        clock.advance(period.multipliedBy(3));
        proven(third, "verified");
        clock.advance(period.multipliedBy(3));
        queue.sweep();
        assertThat(asked()).as("what was verified is not asked for again").hasSize(2);
    }

    @Test
    void a_proof_that_refuted_or_could_not_prove_does_not_count_as_the_proof_of_the_day() throws IOException {
        QueueVerifications queue = queue("daily");
        proven(bench.backUp(database), "refuted");
        ManifestDocument newest = later();
        queue.sweep();
        assertThat(asked()).containsExactly(newest.id().toString());
    }

    @Test
    void what_could_not_be_proven_is_asked_for_again_a_day_later() throws IOException {
        QueueVerifications queue = queue("every");
        ManifestDocument backup = bench.backUp(database);
        proven(backup, "unproven");
        queue.sweep();
        assertThat(asked()).isEmpty();
        clock.advance(Duration.ofHours(25));
        queue.sweep();
        assertThat(asked()).containsExactly(backup.id().toString());
    }

    @Test
    void never_asks_for_nothing() throws IOException {
        QueueVerifications queue = queue("never");
        bench.backUp(database);
        queue.sweep();
        assertThat(published).isEmpty();
    }

    @Test
    void a_backup_whose_manifest_cannot_be_read_is_refuted_on_the_log_once() throws IOException {
        QueueVerifications queue = queue("every");
        ManifestDocument damaged = bench.backUp(database);
        spoil(damaged);
        queue.sweep();
        queue.sweep();
        assertThat(published).filteredOn(event -> event.data() instanceof BackupRefuted).singleElement().satisfies(event -> {
            assertThat(event.subject()).isEqualTo(damaged.id().toString());
            BackupRefuted refuted = (BackupRefuted) event.data();
            assertThat(refuted.repository()).isEqualTo("files");
            assertThat(refuted.level()).isEqualTo("none");
            assertThat(refuted.findings()).singleElement().satisfies(f -> {
                assertThat(f.what()).isEqualTo("changed manifest");
                assertThat(f.where()).contains(damaged.id().toString());
            });
        });
    }

    @Test
    void an_older_backups_unreadable_manifest_refutes_no_other() throws IOException {
        QueueVerifications queue = queue("daily");
        spoil(bench.backUp(database));
        ManifestDocument newest = later();
        queue.sweep();
        assertThat(published).singleElement().satisfies(event -> assertThat(event.data()).isInstanceOf(VerificationRequested.class));
        assertThat(asked()).containsExactly(newest.id().toString());
    }

    /** Ids are ordered by second. */
    private ManifestDocument later() {
        String before = bench.repository.reader().backups(Bench.ALIAS).getFirst().toString().substring(0, 16);
        org.awaitility.Awaitility.await().until(() -> java.time.format.DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(java.time.ZoneOffset.UTC).format(Instant.now()).compareTo(before) > 0);
        return bench.backUp(database);
    }

    private void spoil(ManifestDocument backup) throws IOException {
        Path manifest = bench.stored(backup, "manifest.json");
        Files.delete(manifest);
        Files.writeString(manifest, "{\"formatVersion\": 1, \"back");
    }

    private List<String> asked() {
        return published.stream().filter(event -> event.data() instanceof VerificationRequested)
                .map(event -> ((VerificationRequested) event.data()).backupId()).toList();
    }

    private void proven(ManifestDocument backup, String outcome) {
        bench.repository.verificationWriter().add(backup, new Verification(1, backup.id().toString(), Bench.ALIAS, "files",
                backup.sha256(), outcome, "equal", clock.instant(), clock.instant(), "a test", "none",
                outcome.equals("refuted") ? List.of(new Verification.Finding("rows", "t", "1", "2")) : List.of(),
                outcome.equals("refuted") ? 1 : 0, outcome.equals("unproven") ? "disk" : null, null, Map.of(), null,
                new Verification.Counts(0, 0, 0, 0, 0), List.of(), List.of()));
    }

    private QueueVerifications queue(String every) throws IOException {
        Path file = Files.writeString(folder.resolve("holdfast.yml"), """
                databases:
                  shop: {user: backup, encryption: none, verify: {every: %s, reverify: {each: never, newest: never}}}
                repositories:
                  files: {path: %s}
                """.formatted(every, bench.root));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        Repositories repositories = Repositories.open(config, new Secrets(config, ServiceRole.VERIFIER, Map.of()));
        ServiceIdentity identity = new ServiceIdentity("verifier-service", "test", clock);
        return new QueueVerifications(config, repositories,
                new EventPublisher() {
                    @Override
                    public void publish(String topic, Event<?> event) {
                        published.add(event);
                    }

                    @Override
                    public void publishUnconfirmed(String topic, Event<?> event) {
                        published.add(event);
                    }
                }, identity, new ManifestConflicts(repositories, identity), (repository, manifest) -> { }, clock);
    }
}
