package dev.holdfast.scheduler.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.CatalogEntry;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.scheduler.catalog.RepositoryContents.Stored;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");
    private static final String ID = BackupId.scheduled("shop", "dump", FIRE).toString();

    private final Catalog catalog = new Catalog(alias -> "equal");

    @Test
    void a_backup_goes_from_accepted_to_expired_by_its_events() {
        assertThat(after(accepted())).isEqualTo("accepted");
        assertThat(after(started(1))).isEqualTo("started");
        assertThat(after(failed())).isEqualTo("failed");
        assertThat(after(started(2))).isEqualTo("started");
        assertThat(after(completed("disk", "bucket"))).isEqualTo("completed");
        after(verified("bucket", "equal"));
        assertThat(after(verified())).isEqualTo("verified");
        assertThat(entry().repositories()).containsExactly("bucket", "disk");
        assertThat(after(expired("disk"))).isEqualTo("verified");
        assertThat(entry().repositories()).containsExactly("bucket");
        assertThat(after(expired("bucket"))).isEqualTo("expired");
    }

    @Test
    void an_entry_holds_what_the_events_said() {
        after(completed("disk"));
        after(verified());
        CatalogEntry entry = entry();
        assertThat(entry.fireTime()).isEqualTo(FIRE);
        assertThat(entry.snapshotTime()).isEqualTo(FIRE.plusSeconds(2));
        assertThat(entry.storedBytes()).isEqualTo(700);
        assertThat(entry.durationSeconds()).isEqualTo(10.0);
        assertThat(entry.level()).isEqualTo("equal");
        assertThat(entry.restoreSeconds()).isEqualTo(4.5);
    }

    @Test
    void what_is_stored_never_goes_back_to_being_asked_for() {
        after(completed("disk"));
        for (Payload late : List.of(accepted(), started(2), failed())) {
            assertThat(after(late)).isEqualTo("completed");
        }
        after(verified());
        assertThat(after(completed("disk"))).as("told twice").isEqualTo("verified");
        after(expired("disk"));
        for (Payload late : List.of(accepted(), started(2), failed(), completed("disk"), verified())) {
            assertThat(after(late)).isEqualTo("expired");
        }
    }

    @Test
    void an_unproven_attempt_says_nothing_against_a_proof_and_a_refutation_does() {
        after(completed("disk"));
        assertThat(after(unproven())).isEqualTo("unproven");
        after(verified());
        assertThat(after(unproven())).isEqualTo("verified");
        assertThat(after(refuted())).isEqualTo("refuted");
        assertThat(entry().detail()).isEqualTo("3 differences in disk");
    }

    @Test
    void the_repositories_correct_what_the_log_does_not_know() {
        CatalogEntry stored = new CatalogEntry("shop", ID, "dump", "completed", FIRE, FIRE, FIRE, 5L, 1.0, List.of("disk"), null, null, null);
        after(started(1));
        merge(stored, new ProofResult("verified", "equal", FIRE.plusSeconds(60), 1.0, null));
        assertThat(entry()).isEqualTo(new CatalogEntry("shop", ID, "dump", "verified", FIRE, FIRE, FIRE.plusSeconds(60), 5L, 1.0,
                List.of("disk"), "equal", 1.0, null));
        merge(stored);
        assertThat(entry()).as("its verifications are gone").isEqualTo(stored);
    }

    @Test
    void a_refuted_copy_is_not_hidden_by_another_that_is_verified() {
        after(completed("disk", "bucket"));
        assertThat(after(refuted())).isEqualTo("refuted");
        assertThat(after(verified("bucket", "equal"))).isEqualTo("refuted");
        assertThat(entry().detail()).isEqualTo("3 differences in disk");
        assertThat(catalog.provenCopies()).extracting(Catalog.ProvenCopy::repository, Catalog.ProvenCopy::verified)
                .containsExactlyInAnyOrder(tuple("disk", false), tuple("bucket", true));
        assertThat(after(expired("disk"))).as("only the good copy is left").isEqualTo("verified");
    }

    @Test
    void a_backup_is_verified_once_all_of_its_copies_are() {
        after(completed("disk", "bucket"));
        assertThat(after(verified("bucket", "equal"))).isEqualTo("completed");
        assertThat(after(unproven())).isEqualTo("unproven");
        assertThat(after(verified())).isEqualTo("verified");
    }

    @Test
    void a_success_below_the_policy_s_level_is_no_proof_and_hides_no_refutation() {
        after(completed("disk"));
        assertThat(after(verified("disk", "checksum"))).isEqualTo("unproven");
        assertThat(entry().detail()).isEqualTo("verified up to checksum only, the policy asks for equal");
        assertThat(after(verified())).isEqualTo("verified");
        assertThat(after(verified("disk", "checksum"))).isEqualTo("verified");
        after(refuted());
        assertThat(after(verified("disk", "archive"))).isEqualTo("refuted");
    }

    @Test
    void a_copy_that_could_not_be_read_stays_as_bad_as_it_was() {
        after(completed("disk", "bucket"));
        after(refuted());
        CatalogEntry read = new CatalogEntry("shop", ID, "dump", "completed", FIRE, FIRE, FIRE, 5L, 1.0, List.of("bucket"), null, null, null);
        catalog.merge(catalog.mark(), new RepositoryContents(List.of(new Stored(read, Map.of("bucket",
                List.of(new ProofResult("verified", "equal", FIRE.plusSeconds(60), 1.0, null))))), Set.of("bucket"), Set.of()));
        assertThat(entry().state()).isEqualTo("refuted");
        assertThat(entry().repositories()).containsExactly("bucket", "disk");
    }

    private void merge(CatalogEntry stored, ProofResult... results) {
        catalog.merge(catalog.mark(), new RepositoryContents(List.of(new Stored(stored, Map.of("disk", List.of(results)))),
                Set.of("disk"), Set.of()));
    }

    @Test
    void what_no_repository_holds_any_more_is_expired_unless_one_could_not_be_asked() {
        after(completed("disk", "bucket"));
        catalog.merge(catalog.mark(), new RepositoryContents(List.of(), Set.of("disk"), Set.of()));
        assertThat(entry().state()).isEqualTo("completed");
        catalog.merge(catalog.mark(), new RepositoryContents(List.of(), Set.of("disk", "bucket"), Set.of(ID)));
        assertThat(entry().state()).isEqualTo("completed");
        catalog.merge(catalog.mark(), new RepositoryContents(List.of(), Set.of("disk", "bucket"), Set.of()));
        assertThat(entry().state()).isEqualTo("expired");
    }

    @Test
    void what_happened_while_the_repositories_were_read_is_newer_than_what_was_read() {
        after(completed("disk"));
        CatalogEntry read = entry();
        Catalog.Mark before = catalog.mark();
        after(expired("disk"));
        catalog.merge(before, new RepositoryContents(List.of(new Stored(read, Map.of())), Set.of("disk"), Set.of()));
        assertThat(entry().state()).isEqualTo("expired");
        Catalog.Mark earlier = catalog.mark();
        String other = BackupId.scheduled("shop", "dump", FIRE.plusSeconds(60)).toString();
        apply(new BackupCompleted("shop", "dump", other, 1, FIRE, FIRE, FIRE, 1, 1, false, "15", "00", List.of(new BackupCompleted.Copy("disk", 1)), List.of()));
        catalog.merge(earlier, new RepositoryContents(List.of(), Set.of("disk"), Set.of()));
        assertThat(catalog.find(other).orElseThrow().state()).isEqualTo("completed");
    }

    private String after(Payload data) {
        apply(data);
        return entry().state();
    }

    private void apply(Payload data) {
        catalog.apply(new Event<>("id", "/test", ID, FIRE.plusSeconds(20), "correlation", null, data));
    }

    @Test
    void a_backup_on_request_takes_the_place_of_no_scheduled_one() {
        assertThat(catalog.lastFired("shop", "dump")).isEmpty();
        apply(accepted());
        assertThat(catalog.lastFired("shop", "dump")).contains(FIRE);
        Instant later = FIRE.plusSeconds(600);
        String asked = BackupId.requested("/holdfast/cli", "a-request", "dump", later).toString();
        apply(new BackupCompleted("shop", "dump", asked, 1, later, later.plusSeconds(10), later.plusSeconds(2), 1000, 700, false, "15.8",
                "00", List.of(new BackupCompleted.Copy("disk", 700)), List.of()));
        assertThat(catalog.find(asked)).get().matches(Catalog::isStored);
        assertThat(catalog.lastFired("shop", "dump")).contains(FIRE);
    }

    private CatalogEntry entry() {
        return catalog.find(ID).orElseThrow();
    }

    private static BackupAccepted accepted() {
        return new BackupAccepted("shop", "dump", ID, FIRE, "scheduler");
    }

    private static BackupStarted started(int attempt) {
        return new BackupStarted("shop", "dump", ID, attempt, "aabbccdd", "worker-1");
    }

    private static BackupFailed failed() {
        return new BackupFailed("shop", "dump", ID, 1, "dump", "RETRIABLE", "source-unreachable", "it was away", "bring it back");
    }

    private static BackupCompleted completed(String... repositories) {
        return new BackupCompleted("shop", "dump", ID, 1, FIRE, FIRE.plusSeconds(10), FIRE.plusSeconds(2), 1000, 700, false, "15.8",
                "00", List.of(repositories).stream().map(name -> new BackupCompleted.Copy(name, 700)).toList(), List.of());
    }

    private static BackupVerified verified() {
        return verified("disk", "equal");
    }

    private static BackupVerified verified(String repository, String level) {
        return new BackupVerified("shop", "dump", ID, repository, level, FIRE, FIRE, 9, 4.5, 1, 1, 0, 1, 0, "uid", List.of(), "key");
    }

    private static BackupUnproven unproven() {
        return new BackupUnproven("shop", "dump", ID, "disk", "archive", "disk", "no room", "make room", "key");
    }

    private static BackupRefuted refuted() {
        return new BackupRefuted("shop", "dump", ID, "disk", "equal", List.of(), 3, "look", "key");
    }

    private static BackupExpired expired(String repository) {
        return new BackupExpired("shop", "dump", ID, repository, "last 3", 700);
    }
}
