package dev.holdfast.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.Topics;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.Tombstone;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class RetentionServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void what_the_rules_let_go_is_deleted_and_told_once_the_log_could_be_read(CapturedOutput log) throws IOException {
        try (KafkaServer broker = KafkaServer.absent()) {
            List<ManifestDocument> backups = sixVerified();
            try (ConfigurableApplicationContext service = start(broker, true)) {
                await().atMost(PATIENCE).until(() -> log.getOut().contains("nothing is deleted until the log has been read"));
                assertThat(left()).hasSize(6);
                broker.start();
                List<BackupExpired> told = expired(service);
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(told).hasSize(3));
                assertThat(told).extracting(BackupExpired::backupId).containsExactly(backups.get(3).id().toString(),
                        backups.get(4).id().toString(), backups.get(5).id().toString());
                assertThat(told).allSatisfy(event -> assertThat(event.rule()).contains("last 3"));
            }
        }
    }

    @Test
    void a_tombstone_that_no_rule_asked_for_is_alerted_and_deletes_nothing() throws IOException {
        ManifestDocument newest = sixVerified().getFirst();
        Path forged = folder.resolve("disk/db/shop").resolve(newest.id().toString()).resolve("tombstone.json");
        Files.write(forged, ManifestJson.write(new Tombstone(1, "shop", newest.id().toString(), newest.sha256(), "forged", Instant.now())));
        try (ConfigurableApplicationContext service = start(KafkaServer.shared(), true)) {
            List<AlertRaised> alerts = new CopyOnWriteArrayList<>();
            try (LogFollower follower = service.getBean(LogFollowers.class).fromStart(Topics.EVENTS, (event, position) -> {
                if (event.data() instanceof AlertRaised alert && alert.reason().contains(newest.id().toString())) {
                    alerts.add(alert);
                }
            })) {
                follower.start();
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts).singleElement().satisfies(alert -> {
                    assertThat(alert.alert()).isEqualTo("tombstone-refused");
                    assertThat(alert.database()).isEqualTo("shop");
                    assertThat(alert.nextStep()).contains("tombstone.json");
                }));
            }
        }
        assertThat(forged.resolveSibling("manifest.json")).exists();
    }

    @Test
    void what_is_paused_is_not_deleted_before_it_is_resumed_also_when_it_was_paused_before_the_start(CapturedOutput log) throws IOException {
        try (ConfigurableApplicationContext service = start(KafkaServer.shared(), false)) {
            tell(service, new ActivityPaused("shop", "prune", "alice@laptop", "audit"));
        }
        sixVerified();
        try (ConfigurableApplicationContext service = start(KafkaServer.shared(), true)) {
            await().atMost(PATIENCE).until(() -> log.getOut().contains("pruning shop is paused by alice@laptop"));
            assertThat(left()).hasSize(6);
            tell(service, new ActivityResumed("shop", "prune", "alice@laptop", "audit is over"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(left()).hasSize(3));
        }
    }

    private static void tell(ConfigurableApplicationContext service, Payload said) {
        service.getBean(EventPublisher.class).publish(Topics.EVENTS, Event.of("/test", Instant.now(), said));
    }

    @Test
    void a_retention_that_is_switched_off_deletes_nothing() throws IOException {
        sixVerified();
        try (ConfigurableApplicationContext service = start(KafkaServer.shared(), false)) {
            assertThat(service.isRunning()).isTrue();
        }
        assertThat(left()).hasSize(6);
    }

    private List<ManifestDocument> sixVerified() throws IOException {
        Instant now = Instant.now();
        try (Repository disk = Repository.open("disk", FileStore.at(Files.createDirectories(folder.resolve("disk"))))) {
            StoredBackups backups = new StoredBackups(disk);
            List<ManifestDocument> stored = new ArrayList<>();
            for (int day = 1; day <= 6; day++) {
                ManifestDocument backup = backups.add("shop", now.minus(Duration.ofDays(day)));
                backups.verify(backup, "verified", "equal", now.minus(Duration.ofDays(day)).plusSeconds(60));
                stored.add(backup);
            }
            return stored;
        }
    }

    private List<String> left() {
        try (Repository disk = Repository.open("disk", FileStore.at(folder.resolve("disk")))) {
            return disk.catalog().backups("shop").stream().map(Object::toString).toList();
        }
    }

    private ConfigurableApplicationContext start(KafkaServer broker, boolean enabled) throws IOException {
        Path file = folder.resolve("holdfast.yml");
        Files.writeString(file, """
                kafka: {bootstrap-servers: "%s"}
                repositories:
                  disk: {path: disk}
                databases:
                  shop: {user: backup, encryption: none, keep: {last: 3}}
                retention: {every: 1s, enabled: %s}
                """.formatted(broker.bootstrapServers(), enabled));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        return HoldfastService.run(RetentionService.class, "retention-service", config, Map.of("server.port", 0));
    }

    private static List<BackupExpired> expired(ConfigurableApplicationContext service) {
        List<BackupExpired> told = new CopyOnWriteArrayList<>();
        LogFollower follower = service.getBean(LogFollowers.class).fromStart(Topics.EVENTS, (event, position) -> add(event, told));
        follower.start();
        service.addApplicationListener(event -> {
            if (event instanceof org.springframework.context.event.ContextClosedEvent) {
                follower.stop();
            }
        });
        return told;
    }

    private static void add(Event<? extends Payload> event, List<BackupExpired> told) {
        if (event.data() instanceof BackupExpired expired) {
            told.add(expired);
        }
    }
}
