package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.service.schedule.NextTry;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import dev.holdfast.testkit.SettableClock;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.prove.Bench;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A copy that was proven and rots afterwards. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class RottenCopyIT {

    @TempDir
    private Path folder;
    private final Published log = new Published();
    private final SettableClock clock = SettableClock.at(Instant.now());
    private final ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", clock);
    private QueueVerifications intake;
    private VerificationRequests prover;

    @Test
    void it_is_found_by_its_next_proof_and_the_latest_link_goes_back_to_the_one_that_holds(PostgresServer server, Database database)
            throws IOException {
        database.exec("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100)");
        Bench bench = new Bench(folder, server);
        ManifestDocument older = bench.backUp(database);
        await().until(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS).isAfter(older.manifest().snapshotTime()));
        ManifestDocument newest = bench.backUp(database);
        open(bench);
        sweepAndProve();
        assertThat(told(BackupVerified.class)).extracting(BackupVerified::backupId).containsExactlyInAnyOrder(older.id().toString(), newest.id().toString());
        assertThat(latest(bench)).contains(newest.id().toString());

        rot(bench.stored(newest, "data.dump"));
        sweepAndProve();
        assertThat(log.events).as("proven lately").isEmpty();
        clock.advance(Duration.ofDays(8));
        sweepAndProve();

        assertThat(told(BackupRefuted.class)).singleElement().satisfies(event -> {
            assertThat(event.backupId()).isEqualTo(newest.id().toString());
            assertThat(event.repository()).isEqualTo("files");
        });
        assertThat(told(AlertRaised.class)).singleElement().satisfies(alert -> {
            assertThat(alert.alert()).isEqualTo("refuted");
            assertThat(alert.severity()).isEqualTo("critical");
            assertThat(alert.about()).isEqualTo(newest.id().toString());
        });
        assertThat(bench.repository.verifications().proof(newest, "equal").state()).isEqualTo(Proof.State.REFUTED);
        assertThat(latest(bench)).contains(older.id().toString());

        sweepAndProve();
        assertThat(told(BackupVerified.class)).as("the newest that holds is proven weekly now").extracting(BackupVerified::backupId)
                .containsExactly(older.id().toString());
    }

    private void sweepAndProve() {
        log.events.clear();
        intake.sweep();
        for (Event<?> event : List.copyOf(log.events)) {
            if (event.data() instanceof VerificationRequested request) {
                prover.claim(new Event<>(event.id(), event.source(), event.subject(), event.time(), event.correlationId(), null, request)).run();
            }
        }
    }

    private <P> List<P> told(Class<P> type) {
        return log.events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
    }

    private static Optional<String> latest(Bench bench) {
        return bench.repository.latestLink().orElseThrow().target(Bench.ALIAS).map(Object::toString);
    }

    /** One bit. */
    private static void rot(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(file);
        Files.write(file, bytes);
    }

    private void open(Bench bench) throws IOException {
        Path file = Files.writeString(folder.resolve("holdfast.yml"), """
                databases:
                  shop: {user: backup, encryption: none}
                repositories:
                  files: {path: %s}
                """.formatted(bench.root));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        Repositories repositories = Repositories.open(config, new Secrets(config, ServiceRole.VERIFIER, Map.of()));
        ManifestConflicts conflicts = new ManifestConflicts(repositories, identity);
        ProofMetrics metrics = new ProofMetrics(new BackupMetrics(new SimpleMeterRegistry()), new SimpleMeterRegistry(), config::proofLevel);
        LiveProofs live = new LiveProofs();
        intake = new QueueVerifications(config, repositories, log, identity, conflicts, (repository, manifest) -> { }, clock);
        prover = new VerificationRequests(config, new FindCopy(config, repositories, log, identity), bench.prover(), log,
                (beat, correlation) -> { }, metrics, identity, conflicts, live,
                new EndedWithoutResult(config, identity, clock, new NextTry(() -> 0.5)), atMost -> true);
    }
}
