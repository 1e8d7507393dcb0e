package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.VerificationAccepted;
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
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.service.schedule.NextTry;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.prove.ProofOrder;
import dev.holdfast.verifier.prove.ProveBackup;
import dev.holdfast.verifier.prove.ProverSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final List<RunProgressed> beats = new CopyOnWriteArrayList<>();
    private final LiveProofs live = new LiveProofs();
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

    @Test
    void trouble_that_may_pass_is_put_off_where_a_scheduler_asks_again_and_is_an_alert_the_third_time() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        hear(new VerificationAccepted("shop", backup.id().toString(), "checksum", "ana",
                new AcceptedRequest("r-1", "/test", NOW, 1L, 1, null, null, "disk", null, null, null)));
        for (int failures = 0; failures < 2; failures++) {
            log.events.clear();
            requests(failing(OutOfMemoryError::new)).claim(request(backup, failures + 1, failures)).run();
            VerificationStarted started = (VerificationStarted) log.events.getFirst().data();
            RunDeferred deferred = (RunDeferred) log.events.getLast().data();
            assertThat(deferred.nonce()).isEqualTo(started.nonce());
            assertThat(deferred.repository()).isEqualTo("disk");
            assertThat(deferred.attempt()).isEqualTo(failures + 1);
            assertThat(deferred.failures()).isEqualTo(failures + 1);
            assertThat(deferred.reason()).startsWith("out-of-memory: ");
            assertThat(Duration.between(NOW, deferred.notBefore())).isEqualTo(Duration.ofMinutes(1L << failures));
        }
        requests(failing(OutOfMemoryError::new)).claim(request(backup, 3, 2)).run();
        assertThat(((AlertRaised) log.events.getLast().data()).alert()).isEqualTo("verification-impossible");
    }

    @Test
    void a_heart_beats_at_once_with_the_nonce_and_the_repository() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        requests(Clock.systemUTC()).claim(request(backup, 2, 1)).run();
        VerificationStarted started = (VerificationStarted) log.events.getFirst().data();
        assertThat(beats.getFirst()).satisfies(beat -> {
            assertThat(beat.activity()).isEqualTo("verification");
            assertThat(beat.nonce()).isEqualTo(started.nonce());
            assertThat(beat.repository()).isEqualTo("disk");
            assertThat(beat.attempt()).isEqualTo(2);
        });
    }

    /** The service tells its proofs to stop, and then its queue does; whatever failed meanwhile, it was given back. */
    @Test
    void a_proof_that_is_told_twice_to_stop_stays_stopped() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        ProofClaim claim = new ProofClaim(request(backup), repositories.get("disk"), backup, ProofOrder.equal());
        claim.begin();
        claim.stop();
        claim.stop();
        claim.end();
        assertThat(claim.isStopped()).isTrue();
    }

    @Test
    void what_a_person_cancels_is_cancelled_and_leaves_no_verdict() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        prove(backup, meanwhile(() -> hear(new RunCancelling("shop", backup.id().toString(), "verification", "disk", "ana", "too slow"))));
        RunCancelled cancelled = (RunCancelled) log.events.getLast().data();
        assertThat(cancelled.nonce()).isEqualTo(((VerificationStarted) log.events.getFirst().data()).nonce());
        assertThat(cancelled.repository()).isEqualTo("disk");
        assertThat(cancelled.requester()).isEqualTo("ana");
        assertThat(cancelled.reason()).isEqualTo("too slow");
        assertThat(log.events).hasSize(2);
        assertThat(repositories.get("disk").verifications().of(backup)).isEmpty();
        assertThat(Thread.interrupted()).as("the slot is free for the next").isFalse();
    }

    @Test
    void a_copy_in_another_repository_is_not_cancelled() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        prove(backup, meanwhile(() -> hear(new RunCancelling("shop", backup.id().toString(), "verification", "second", "ana", null))));
        assertThat(repositories.get("disk").verifications().of(backup)).hasSize(1);
    }

    @Test
    void a_later_attempt_that_has_started_silences_this_one_and_one_that_proves_less_does_not() {
        ManifestDocument backup = new StoredBackups(repositories.get("disk")).add("shop", NOW);
        prove(backup, meanwhile(() -> hear(new VerificationStarted("shop", backup.id().toString(), "disk", "equal", 2, "later", "v-2"))));
        assertThat(log.events).extracting(event -> event.data().getClass()).isEqualTo(List.of(VerificationStarted.class));
        assertThat(repositories.get("disk").verifications().of(backup)).isEmpty();
        requests(meanwhile(() -> hear(new VerificationStarted("shop", backup.id().toString(), "disk", "checksum", 3, "less", "v-2"))))
                .claim(new Event<>("r-1", "/test", backup.id().toString(), NOW, "c-1", null,
                        new VerificationRequested("shop", backup.id().toString(), "disk", "archive", "ana", null, 1))).run();
        assertThat(repositories.get("disk").verifications().of(backup)).hasSize(1);
    }

    private void prove(ManifestDocument backup, Clock clock) {
        requests(clock).claim(request(backup, 1, 0)).run();
    }

    private void hear(Payload data) {
        live.handle(new Event<>("id", "/other", "subject", NOW, "c-1", null, data), new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
    }

    private void work(ManifestDocument backup, Clock clock) {
        requests(clock).claim(request(backup)).run();
    }

    private VerificationRequests requests(Clock clock) {
        ProveBackup prove = new ProveBackup(new ProverSettings("test", folder.resolve("scratch"), Optional.empty(),
                PostgresTools.locate(List.of()), ScratchSizing.of(1, 512L << 20)), SecretKeys::none, clock);
        BackupMetrics metrics = new BackupMetrics(new SimpleMeterRegistry());
        return new VerificationRequests(config, new FindCopy(config, repositories, log, identity), prove, log,
                (beat, correlation) -> beats.add(beat), new ProofMetrics(metrics, new SimpleMeterRegistry(), config::proofLevel), identity,
                new ManifestConflicts(repositories, identity), live, new EndedWithoutResult(config, identity,
                        Clock.fixed(NOW, ZoneOffset.UTC), new NextTry(() -> 0.5)), atMost -> true);
    }

    private static Event<VerificationRequested> request(ManifestDocument backup, int attempt, int failures) {
        return new Event<>("r-1", "/test", backup.id().toString(), NOW, "c-1", null,
                new VerificationRequested("shop", backup.id().toString(), "disk", null, "ana", null, attempt, failures));
    }

    /** What happens while the proof runs, on its own thread: it asks for the time more than once. */
    private static Clock meanwhile(Runnable what) {
        AtomicBoolean done = new AtomicBoolean();
        return new TickingClock(() -> {
            if (!done.getAndSet(true)) {
                what.run();
            }
            return NOW;
        });
    }

    private static Event<VerificationRequested> request(ManifestDocument backup) {
        return new Event<>("r-1", "/test", backup.id().toString(), NOW, "c-1", null,
                new VerificationRequested("shop", backup.id().toString(), null, null, "a person", null, null));
    }

    /** The first thing that a proof asks for is the time. */
    private static Clock failing(Supplier<Throwable> thrown) {
        return new TickingClock(() -> {
            switch (thrown.get()) {
                case Error error -> throw error;
                case RuntimeException failure -> throw failure;
                case Throwable other -> throw new AssertionError(other);
            }
        });
    }

    private static final class TickingClock extends Clock {

        private final Supplier<Instant> tick;

        private TickingClock(Supplier<Instant> tick) {
            this.tick = tick;
        }

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
            return tick.get();
        }
    }
}
