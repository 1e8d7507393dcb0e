package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.scratch.ScratchSizing;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.prove.ProveBackup;
import dev.holdfast.verifier.prove.ProverSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log is told of a claimed request that ends without a result. */
class EndedWithoutResultTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final Published log = new Published();
    private final ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", Clock.fixed(NOW, ZoneOffset.UTC));
    private HoldfastConfig config;
    private Repositories repositories;

    @BeforeEach
    void open() throws IOException {
        for (String name : List.of("disk", "second")) {
            Files.createDirectory(folder.resolve(name));
        }
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "none:1"}
                repositories:
                  disk: {path: disk}
                  second: {path: second}
                databases:
                  shop: {user: backup, encryption: none, repositories: [second, disk], verify: {level: checksum}}
                """);
        config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        repositories = Repositories.open(config, new Secrets(config, ServiceRole.VERIFIER, Map.of()));
    }

    @AfterEach
    void close() {
        repositories.close();
    }

    @Test
    void an_error_nobody_foresaw_is_an_alert_without_its_words_and_the_run_does_not_stay_started() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        new StoredBackups(repositories.get("second")).copy(backup);
        for (Supplier<Throwable> thrown : List.<Supplier<Throwable>>of(() -> new NoClassDefFoundError("private"),
                () -> new IllegalStateException("private"))) {
            log.events.clear();
            work(backup, failing(thrown));
            assertThat(log.events).extracting(event -> event.data().getClass()).isEqualTo(List.of(VerificationStarted.class, AlertRaised.class));
            AlertRaised alert = (AlertRaised) log.events.getLast().data();
            assertThat(alert.alert()).isEqualTo("verification-impossible");
            assertThat(alert.reason()).contains("proof-failed").doesNotContain("private");
            assertThat(log.events.getLast().correlationId()).isEqualTo("c-1");
        }
        log.events.clear();
        work(backup, failing(() -> new OutOfMemoryError("private")));
        assertThat(((AlertRaised) log.events.getLast().data()).reason()).contains("out-of-memory").doesNotContain("private");
        assertThat(repositories.get("second").verifications().of(backup)).isEmpty();
    }

    @Test
    void two_manifests_under_one_id_are_found_before_the_proof_too_and_nothing_is_proven() {
        ManifestDocument one = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        new StoredBackups(repositories.get("second")).add("shop", NOW);
        work(one, Clock.systemUTC());
        assertThat(log.events.getLast().data()).isInstanceOfSatisfying(AlertRaised.class,
                alert -> assertThat(alert.alert()).isEqualTo("manifest-conflict"));
        assertThat(repositories.get("second").verifications().of(one)).isEmpty();
        assertThat(repositories.get("disk").verifications().of(one)).isEmpty();
    }

    @Test
    void a_request_that_names_no_repository_takes_the_first_of_the_policy() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        new StoredBackups(repositories.get("second")).copy(backup);
        requests(Clock.systemUTC()).claim(request(backup));
        assertThat(((VerificationStarted) log.events.getFirst().data()).repository()).isEqualTo("second");
        assertThat(repositories.inOrder(List.of("second"))).extracting(repository -> repository.name()).containsExactly("second", "disk");
    }

    private void work(ManifestDocument backup, Clock clock) {
        requests(clock).claim(request(backup)).run();
    }

    private VerificationRequests requests(Clock clock) {
        ProveBackup prove = new ProveBackup(new ProverSettings("test", folder.resolve("scratch"), Optional.empty(),
                PostgresTools.locate(List.of()), ScratchSizing.of(1, 512L << 20)), SecretKeys::none, clock);
        BackupMetrics metrics = new BackupMetrics(new SimpleMeterRegistry());
        // Nothing here runs long enough to have a pulse.
        return new VerificationRequests(config, repositories, prove, log, null, new ProofMetrics(metrics, new SimpleMeterRegistry(),
                config::proofLevel), identity, new ManifestConflicts(repositories, identity), atMost -> true);
    }

    private static Event<VerificationRequested> request(ManifestDocument backup) {
        return new Event<>("r-1", "/test", backup.id().toString(), NOW, "c-1", null,
                new VerificationRequested("shop", backup.id().toString(), null, null, "a person", null, null));
    }

    /** The first thing that a proof asks for is the time. */
    private static Clock failing(Supplier<Throwable> thrown) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                switch (thrown.get()) {
                    case Error error -> throw error;
                    case RuntimeException failure -> throw failure;
                    case Throwable other -> throw new AssertionError(other);
                }
            }
        };
    }
}
