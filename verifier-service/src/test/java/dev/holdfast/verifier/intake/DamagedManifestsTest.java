package dev.holdfast.verifier.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.Event;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
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
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep says of manifests and verifications that were changed where they are stored. */
class DamagedManifestsTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @TempDir
    private Path folder;
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final List<Event<?>> log = new ArrayList<>();
    private Repositories repositories;

    @AfterEach
    void close() {
        repositories.close();
    }

    @Test
    void any_flipped_bit_in_a_manifest_refutes_the_copy() throws IOException {
        StoredBackups backups = open("every");
        ManifestDocument backup = backups.add("shop", day(1));
        Path file = file("db/shop/" + backup.id() + "/manifest.json");
        byte[] good = backup.bytes();
        Random random = new Random(20260210);
        for (int position = random.nextInt(20); position < good.length; position += 1 + random.nextInt(20)) {
            byte[] damaged = good.clone();
            damaged[position] ^= (byte) (1 << random.nextInt(8));
            Files.delete(file);
            Files.write(file, damaged);
            List<Event<?>> said = sweep("every");
            assertThat(said).as("position " + position).hasSize(2);
            assertThat(said.getLast().data()).isInstanceOfSatisfying(AlertRaised.class, alert -> {
                assertThat(alert.alert()).isEqualTo("refuted");
                assertThat(alert.about()).isEqualTo(backup.id().toString());
            });
            assertThat(said.getLast().id()).as("one alert, however often it is told").isEqualTo(sweep("every").getLast().id());
            assertThat(said.getFirst()).satisfies(event -> {
                assertThat(event.subject()).isEqualTo(backup.id().toString());
                assertThat(((BackupRefuted) event.data()).findings()).singleElement().satisfies(finding -> {
                    assertThat(finding.what()).isEqualTo("changed manifest");
                    assertThat(finding.where()).isEqualTo(file.toString());
                });
            });
        }
    }

    @Test
    void a_damaged_older_manifest_is_told_whatever_the_policy_proves_and_says_nothing_of_the_newest_backup() throws IOException {
        StoredBackups backups = open("daily");
        ManifestDocument older = backups.add("shop", day(2));
        ManifestDocument newest = backups.add("shop", day(1));
        flip(file("db/shop/" + older.id() + "/manifest.json"));
        List<Event<?>> told = sweep("daily");
        assertThat(told).filteredOn(event -> event.subject().equals(newest.id().toString())).singleElement()
                .satisfies(event -> assertThat(event.data()).isInstanceOf(VerificationRequested.class));
        assertThat(told).filteredOn(event -> event.subject().equals(older.id().toString()))
                .extracting(event -> event.data().getClass().getSimpleName()).containsExactlyInAnyOrder("BackupRefuted", "AlertRaised");
    }

    @Test
    void a_damaged_verification_keeps_no_other_backup_from_being_proven() throws IOException {
        StoredBackups backups = open("every");
        ManifestDocument proven = backups.add("shop", day(2));
        VerificationDocument proof = backups.verify(proven, "verified", "equal", day(2));
        ManifestDocument waiting = backups.add("shop", day(1));
        flip(file(proof.key()));
        assertThat(sweep("every")).extracting(Event::subject).containsExactly(waiting.id().toString());
    }

    @Test
    void a_store_that_is_away_is_left_to_the_sweep_and_holds_up_nothing_on_the_log() throws IOException {
        ManifestDocument backup = open("every").add("shop", day(1));
        Path root = folder.resolve("repository");
        Files.move(root, folder.resolve("away"));
        queue("every").handle(new Event<>("e", "/worker", backup.id().toString(), NOW, "c", null, new BackupCompleted("shop",
                "dump", backup.id().toString(), 1, NOW, NOW, NOW, 1, 1, false, "15", backup.sha256(),
                List.of(new BackupCompleted.Copy("local", 1)), List.of())), new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
        assertThat(log).isEmpty();
        Files.move(folder.resolve("away"), root);
        assertThat(sweep("every")).extracting(Event::subject).containsExactly(backup.id().toString());
    }

    private StoredBackups open(String every) throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        repositories = Repositories.open(config(every), new Secrets(config(every), ServiceRole.VERIFIER, Map.of()));
        Repository repository = repositories.get("local");
        return new StoredBackups(repository);
    }

    private HoldfastConfig config(String every) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "none:1"}
                repositories:
                  local: {path: repository}
                databases:
                  shop: {user: backup, encryption: none, verify: {every: %s}}
                """.formatted(every));
        return new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
    }

    private List<Event<?>> sweep(String every) throws IOException {
        log.clear();
        queue(every).sweep();
        return List.copyOf(log);
    }

    private QueueVerifications queue(String every) throws IOException {
        EventPublisher publisher = new EventPublisher() {
            @Override
            public void publish(String topic, Event<?> event) {
                log.add(event);
            }

            @Override
            public void publishUnconfirmed(String topic, Event<?> event) {
                throw new AssertionError("a sweep has no pulse");
            }
        };
        ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", clock);
        return new QueueVerifications(config(every), repositories, publisher, identity, new ManifestConflicts(repositories, identity),
                (repository, manifest) -> { }, clock);
    }

    private Path file(String key) {
        return folder.resolve("repository").resolve(key);
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(file);
        Files.write(file, bytes);
    }

    private static Instant day(int ago) {
        return NOW.minus(Duration.ofDays(ago));
    }
}
