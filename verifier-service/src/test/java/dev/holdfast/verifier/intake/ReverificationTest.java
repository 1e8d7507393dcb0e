package dev.holdfast.verifier.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which proofs are asked for anew as they age. */
class ReverificationTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");
    private static final String NO_NEWEST = "reverify: {each: 30d, newest: never}";

    @TempDir
    private Path folder;
    private final SettableClock clock = SettableClock.at(NOW);
    private final List<VerificationRequested> asked = new ArrayList<>();
    private final List<Event<?>> requests = new ArrayList<>();
    private Repositories repositories;
    private QueueVerifications intake;
    private StoredBackups disk;
    private StoredBackups second;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("disk"));
        Files.createDirectories(folder.resolve("second"));
        use(NO_NEWEST, 50);
        disk = new StoredBackups(repositories.get("disk"));
        second = new StoredBackups(repositories.get("second"));
    }

    @AfterEach
    void close() {
        repositories.close();
    }

    @Test
    void each_copy_is_proven_again_when_its_newest_proof_is_older_than_the_policy_allows() {
        ManifestDocument backup = disk.add("shop", NOW);
        second.copy(backup);
        disk.verify(backup, "verified", "equal", NOW);
        second.verify(backup, "verified", "equal", NOW.plus(Duration.ofDays(10)));
        disk.verify(backup, "verified", "checksum", NOW.plus(Duration.ofDays(20)));
        assertThat(after(Duration.ofDays(30))).isEmpty();
        assertThat(after(Duration.ofDays(33))).singleElement().satisfies(request -> {
            assertThat(request.repository()).isEqualTo("disk");
            assertThat(request.level()).isEqualTo("equal");
            assertThat(request.reason()).isEqualTo("reverify: last proven " + NOW);
            assertThat(request.requester()).isEqualTo(QueueVerifications.REQUESTER);
        });
        disk.verify(backup, "verified", "equal", NOW.plus(Duration.ofDays(33)));
        assertThat(after(Duration.ofDays(43))).extracting(VerificationRequested::repository).containsExactly("second");
    }

    @Test
    void what_was_proven_together_is_spread_over_a_tenth_of_the_interval() {
        for (int i = 0; i < 40; i++) {
            disk.verify(disk.add("shop", NOW.minus(Duration.ofHours(i))), "verified", "equal", NOW);
        }
        Set<String> first = new HashSet<>();
        after(Duration.ofDays(30)).forEach(request -> first.add(request.backupId()));
        assertThat(first).isEmpty();
        after(Duration.ofDays(30).plusHours(36)).forEach(request -> first.add(request.backupId()));
        assertThat(first).hasSizeBetween(10, 30);
        after(Duration.ofDays(33)).forEach(request -> first.add(request.backupId()));
        assertThat(first).hasSize(40);
    }

    @Test
    void the_newest_verified_one_is_proven_weekly_up_to_equal_whatever_the_policy_s_level() throws IOException {
        use("level: checksum, reverify: {each: never, newest: 7d}", 50);
        disk.verify(disk.add("shop", NOW.minus(Duration.ofDays(2))), "verified", "checksum", NOW);
        ManifestDocument newest = disk.add("shop", NOW.minus(Duration.ofDays(1)));
        disk.verify(newest, "verified", "checksum", NOW);
        assertThat(after(Duration.ofDays(7))).isEmpty();
        assertThat(after(Duration.ofDays(8))).singleElement().satisfies(request -> {
            assertThat(request.backupId()).isEqualTo(newest.id().toString());
            assertThat(request.level()).isEqualTo("equal");
            assertThat(request.reason()).isEqualTo("reverify: never proven at level equal");
        });
        disk.verify(newest, "verified", "equal", NOW.plus(Duration.ofDays(8)));
        ManifestDocument newer = disk.add("shop", NOW.plus(Duration.ofDays(9)));
        disk.verify(newer, "verified", "checksum", NOW.plus(Duration.ofDays(9)));
        assertThat(after(Duration.ofDays(15))).as("something was proven equal within the week").isEmpty();
        assertThat(after(Duration.ofDays(16))).extracting(VerificationRequested::backupId).containsExactly(newer.id().toString());
    }

    @Test
    void never_switches_it_off_and_so_does_a_policy_that_proves_nothing() throws IOException {
        ManifestDocument backup = disk.add("shop", NOW);
        disk.verify(backup, "verified", "equal", NOW);
        use("reverify: {each: never, newest: never}", 50);
        assertThat(after(Duration.ofDays(400))).isEmpty();
        use("every: never", 50);
        assertThat(after(Duration.ofDays(400))).isEmpty();
    }

    @Test
    void a_weekly_policy_s_older_backups_age_too_and_what_it_never_proved_stays_so() throws IOException {
        use("every: weekly, reverify: {each: 30d, newest: never}", 50);
        ManifestDocument proven = disk.add("shop", NOW.minus(Duration.ofDays(2)));
        disk.verify(proven, "verified", "equal", NOW.minus(Duration.ofDays(40)));
        disk.add("shop", NOW.minus(Duration.ofDays(1)));
        ManifestDocument newest = disk.add("shop", NOW);
        disk.verify(newest, "verified", "equal", NOW);
        assertThat(after(Duration.ofMinutes(1))).extracting(VerificationRequested::backupId).containsExactly(proven.id().toString());
    }

    @Test
    void an_aged_proof_that_could_not_be_made_anew_still_counts_and_is_tried_again_a_day_later() {
        ManifestDocument backup = disk.add("shop", NOW);
        disk.verify(backup, "verified", "equal", NOW);
        assertThat(after(Duration.ofDays(33))).hasSize(1);
        disk.verify(backup, "unproven", "archive", NOW.plus(Duration.ofDays(33)));
        hear(new BackupUnproven("shop", "dump", backup.id().toString(), "disk", "archive", "library", "gone", "look", "evidence"));
        assertThat(repositories.get("disk").verifications().proof(backup, "equal").isVerified()).isTrue();
        assertThat(after(Duration.ofDays(33).plusHours(23))).isEmpty();
        assertThat(after(Duration.ofDays(34).plusMinutes(1))).hasSize(1);
        assertThat(requests).extracting(Event::id).doesNotHaveDuplicates();
    }

    @Test
    void a_refuted_copy_is_nobody_s_to_prove_again_and_the_newest_that_holds_is_looked_at_in_its_place() throws IOException {
        use("reverify: {each: never, newest: 7d}", 50);
        ManifestDocument older = disk.add("shop", NOW.minus(Duration.ofDays(1)));
        disk.verify(older, "verified", "equal", NOW.minus(Duration.ofDays(20)));
        ManifestDocument newest = disk.add("shop", NOW);
        disk.verify(newest, "verified", "equal", NOW);
        assertThat(after(Duration.ofMinutes(1))).isEmpty();
        disk.verify(newest, "refuted", "restore", NOW.plusSeconds(90));
        assertThat(after(Duration.ofMinutes(2))).extracting(VerificationRequested::backupId).containsExactly(older.id().toString());
    }

    @Test
    void no_more_wait_than_the_slots_can_take_the_newest_first_and_others_follow_as_they_get_done() throws IOException {
        use(NO_NEWEST, 1);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ManifestDocument backup = disk.add("shop", NOW.minus(Duration.ofDays(i)));
            disk.verify(backup, "verified", "equal", NOW);
            ids.add(backup.id().toString());
        }
        assertThat(after(Duration.ofDays(33))).extracting(VerificationRequested::backupId).isEqualTo(ids.subList(0, 2));
        asked.clear();
        intake.reprove();
        assertThat(asked).as("nothing was done meanwhile").isEmpty();
        hear(new BackupUnproven("shop", "dump", ids.getFirst(), "disk", "archive", "library", "gone", "look", "evidence"));
        hear(new RunCancelled("shop", ids.get(1), "verification", 1, "nonce", "disk", "ana", null));
        intake.reprove();
        assertThat(asked).extracting(VerificationRequested::backupId).isEqualTo(ids.subList(2, 4));
    }

    @Test
    void a_new_backup_waits_for_no_aged_one() throws IOException {
        use(NO_NEWEST, 1);
        disk.verify(disk.add("shop", NOW.minus(Duration.ofDays(9))), "verified", "equal", NOW.minus(Duration.ofDays(40)));
        List<String> fresh = List.of(disk.add("shop", NOW.minus(Duration.ofDays(1))).id().toString(), disk.add("shop", NOW).id().toString());
        assertThat(after(Duration.ofMinutes(1))).extracting(VerificationRequested::backupId).containsExactlyInAnyOrderElementsOf(fresh);
    }

    @Test
    void what_a_scheduler_accepted_is_its_to_ask_for_again_also_after_a_restart_of_this_service() throws IOException {
        ManifestDocument backup = disk.add("shop", NOW);
        disk.verify(backup, "verified", "equal", NOW);
        assertThat(after(Duration.ofDays(33))).hasSize(1);
        String id = requests.getLast().id();
        use(NO_NEWEST, 50);
        hear(new VerificationAccepted("shop", backup.id().toString(), "equal", QueueVerifications.REQUESTER,
                new AcceptedRequest(id, "/verifier", clock.instant(), 1L, 1, null, null, "disk", null, null, null)));
        hear(new RunReleased("shop", backup.id().toString(), "verification", 1, "silent past its lease", null, "disk", 1));
        assertThat(after(Duration.ofDays(33).plusHours(2))).isEmpty();
        hear(new AlertRaised("shop", "verification-impossible", "warning", backup.id().toString(), "attempts-exhausted", "look"));
        assertThat(after(Duration.ofDays(33).plusHours(20))).isEmpty();
        assertThat(after(Duration.ofDays(34).plusMinutes(1))).as("where nobody asked again, the intake does").hasSize(1);
    }

    /** Sweeps so long after the start. */
    private List<VerificationRequested> after(Duration time) {
        clock.set(NOW.plus(time));
        asked.clear();
        intake.sweep();
        return List.copyOf(asked);
    }

    private void hear(Payload data) {
        intake.heard(new Event<>("id", "/other", "subject", clock.instant(), "c-1", null, data),
                new LogPosition("holdfast.events", 0, 0, clock.instant(), "shop"));
    }

    /** As a service that has just started with this policy. */
    private void use(String verify, int slots) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "none:1"}
                repositories:
                  disk: {path: disk}
                  second: {path: second}
                verifier: {slots: %d}
                databases:
                  shop: {user: backup, encryption: none, repositories: [disk, second], verify: {%s}}
                """.formatted(slots, verify));
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        if (repositories == null) {
            repositories = Repositories.open(config, new Secrets(config, ServiceRole.VERIFIER, Map.of()));
        }
        ServiceIdentity identity = ServiceIdentity.newInstance("verifier-service", clock);
        intake = new QueueVerifications(config, repositories, new EventPublisher() {
            @Override
            public void publish(String topic, Event<?> event) {
                requests.add(event);
                asked.add((VerificationRequested) event.data());
            }

            @Override
            public void publishUnconfirmed(String topic, Event<?> event) {
                throw new AssertionError("an intake has no pulse");
            }
        }, identity, new ManifestConflicts(repositories, identity), (repository, manifest) -> { }, clock);
    }
}
