package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.testkit.KafkaServer;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.prove.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The service as it is started: from the log, or from nothing but the repository, to the log. */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class VerifierServiceIT {

    private static final Duration AMPLE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;
    private final List<Event<?>> log = new CopyOnWriteArrayList<>();

    @Test
    void backups_are_proven_from_the_sweep_and_from_the_log_and_each_of_them_once(PostgresServer server, Database database)
            throws IOException {
        database.exec("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100)");
        Bench bench = new Bench(folder, server);
        ManifestDocument withoutEvent = bench.backUp(database);
        ManifestDocument damaged = bench.backUp(database);
        Files.delete(bench.stored(damaged, "data.dump"));
        try (KafkaServer broker = KafkaServer.newBroker(); ConfigurableApplicationContext service = RunningVerifier.start(folder, broker, bench, server)) {
            LogFollower follower = service.getBean(LogFollowers.class).fromStart(Topics.EVENTS, (event, position) -> log.add(event));
            follower.start();
            try (follower) {
                await().atMost(AMPLE).untilAsserted(() -> {
                    assertThat(about(BackupVerified.class, withoutEvent)).hasSize(1);
                    assertThat(about(BackupRefuted.class, damaged)).hasSize(1);
                });
                ManifestDocument announced = bench.backUp(database);
                announce(service, announced);
                await().atMost(AMPLE).untilAsserted(() -> assertThat(about(BackupVerified.class, announced)).hasSize(1));
                assertThat(((BackupVerified) about(BackupVerified.class, announced).getFirst().data()).rows()).isEqualTo(100);
                assertThat(about(BackupVerified.class, announced).getFirst().correlationId()).isEqualTo("c-announced");
                assertThat(bench.repository.latestLink().orElseThrow().target(Bench.ALIAS)).contains(announced.id());

                service.getBean(QueueVerifications.class).sweep();
                ManifestDocument last = bench.backUp(database);
                announce(service, last);
                await().atMost(AMPLE).untilAsserted(() -> assertThat(about(BackupVerified.class, last)).hasSize(1));
                for (ManifestDocument each : List.of(withoutEvent, damaged, announced, last)) {
                    assertThat(about(VerificationStarted.class, each)).hasSize(1);
                    assertThat(bench.repository.verifications().of(each)).hasSize(1);
                }
                askAgain(service, damaged);
                await().atMost(AMPLE).untilAsserted(() -> assertThat(about(BackupRefuted.class, damaged)).hasSize(2));
            }
        }
    }

    private static void announce(ConfigurableApplicationContext service, ManifestDocument backup) {
        service.getBean(EventPublisher.class).publish(Topics.EVENTS, service.getBean(ServiceIdentity.class).event(
                backup.id().toString(), "c-announced", new BackupCompleted(backup.alias(), "dump", backup.id().toString(), 1,
                        backup.manifest().startedAt(), backup.manifest().endedAt(), backup.manifest().snapshotTime(), 1,
                        backup.storedBytes(), false, "15", backup.sha256(),
                        List.of(new BackupCompleted.Copy("files", backup.storedBytes())), List.of())));
    }

    private static void askAgain(ConfigurableApplicationContext service, ManifestDocument backup) {
        service.getBean(EventPublisher.class).publish(Topics.VERIFICATION_REQUESTS, service.getBean(ServiceIdentity.class).event(
                backup.id().toString(), "c-again", new VerificationRequested(backup.alias(), backup.id().toString(), null,
                        "archive", "a person", "again", null)));
    }

    private List<Event<?>> about(Class<? extends Payload> type, ManifestDocument backup) {
        return log.stream().filter(event -> type.isInstance(event.data()) && backup.id().toString().equals(event.subject())).toList();
    }
}
