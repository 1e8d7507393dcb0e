package dev.holdfast.scheduler.alert;

import static dev.holdfast.scheduler.alert.WatchedDatabases.START;
import static dev.holdfast.scheduler.alert.WatchedDatabases.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofAlertsTest {

    @TempDir
    private Path folder;

    private WatchedDatabases shop(String... more) {
        return WatchedDatabases.of(folder, "shop: {grace: 90d" + String.join("", more) + "}");
    }

    @Test
    void without_a_verified_backup_inside_the_rpo_a_database_is_overdue_however_many_are_stored() {
        WatchedDatabases watched = shop(", rpo: 26h, proof-within: 90d");
        watched.backedUp("shop", START);
        watched.jump(Duration.ofHours(20));
        watched.completed("shop", START.plus(Duration.ofHours(20)), 1_000_000, Duration.ofMinutes(5));
        watched.jump(Duration.ofHours(5));
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.raised("overdue")).singleElement().satisfies(alert -> {
            assertThat(alert.since()).isEqualTo(START.plus(Duration.ofHours(26)));
            assertThat(alert.severity()).isEqualTo("critical");
            assertThat(alert.reason()).contains("1 d 2 h");
        });
        watched.verified("shop", START.plus(Duration.ofHours(20)), null);
        watched.round();
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.resolved("overdue")).hasSize(1);
    }

    @Test
    void a_database_that_never_had_a_verified_backup_is_overdue_by_when_it_was_first_seen_over_restarts() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {grace: 90d, schedule: \"0 2 * * *\"}");
        watched.accepted("shop", START);
        for (int hours = 0; hours < 25; hours += 5) {
            watched.jump(Duration.ofHours(5)).restart();
        }
        watched.round();
        assertThat(watched.standing()).as("a day, and two hours for dump and proof").isEmpty();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.raised("overdue")).singleElement().satisfies(alert -> assertThat(alert.reason()).contains("no backup was ever verified", "2026-02-03T01:00:00Z"));
    }

    @Test
    void one_without_schedule_and_rpo_promises_nothing_and_one_that_proves_nothing_is_measured_by_what_is_stored() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {grace: 90d}", "blog: {rpo: 26h, verify: {every: never}}");
        watched.completed("blog", START, 1_000, Duration.ofMinutes(1));
        watched.jump(Duration.ofHours(25));
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.standing()).containsExactly("overdue blog");
    }

    @Test
    void a_restore_that_took_longer_than_the_rto_stands_until_a_newer_proof_is_faster() {
        WatchedDatabases watched = shop(", rpo: 90d, rto: 1h");
        watched.completed("shop", START, 1_000_000, Duration.ofMinutes(5));
        watched.verified("shop", START, 3_601.0);
        watched.round();
        assertThat(watched.raised("rto")).singleElement().satisfies(alert -> assertThat(alert.reason()).contains("1 h"));
        watched.completed("shop", START.plusSeconds(60), 1_000_000, Duration.ofMinutes(5));
        watched.verified("shop", START.plusSeconds(60), 3_599.0);
        watched.round();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_backup_without_a_proof_in_time_is_unproven_once_for_all_of_a_database() {
        WatchedDatabases watched = shop(", rpo: 90d, proof-within: 6h");
        watched.completed("shop", START, 1_000_000, Duration.ofHours(1));
        watched.completed("shop", START.plus(Duration.ofHours(1)), 1_000_000, Duration.ofHours(1));
        watched.jump(Duration.ofMinutes(6 * 60 + 59));
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofMinutes(1));
        watched.jump(Duration.ofHours(2));
        assertThat(watched.raised("unproven")).singleElement().satisfies(alert -> {
            assertThat(alert.since()).isEqualTo(START.plus(Duration.ofHours(7)));
            assertThat(alert.reason()).contains(id("shop", START));
        });
        watched.verified("shop", START.plus(Duration.ofHours(1)), null);
        watched.round();
        assertThat(watched.standing()).as("the newest is proven").isEmpty();
    }

    @Test
    void what_the_verifier_told_of_a_backup_is_not_told_again_but_reminded_of_and_resolved() {
        WatchedDatabases watched = shop(", rpo: 90d, proof-within: 1h");
        watched.completed("shop", START, 1_000_000, Duration.ofMinutes(5));
        watched.say(new BackupUnproven("shop", "dump", id("shop", START), "disk", "archive", "library", "postgis", "install it", "e.json"));
        watched.say(new AlertRaised("shop", "unproven", "warning", id("shop", START), "could not be proven: library", "install it"));
        watched.jump(Duration.ofHours(12));
        watched.restart();
        watched.round();
        assertThat(watched.raised("unproven")).hasSize(1);
        watched.jump(Duration.ofHours(12));
        assertThat(watched.raised("unproven")).hasSize(2).last().satisfies(alert -> {
            assertThat(alert.reminder()).isEqualTo(1);
            assertThat(alert.since()).isEqualTo(START);
            assertThat(alert.nextStep()).isEqualTo("install it");
        });
        watched.completed("shop", watched.now(), 1_000_000, Duration.ofMinutes(5));
        watched.verified("shop", watched.now(), null);
        watched.round();
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.resolved("unproven")).singleElement().extracting("about").isEqualTo(id("shop", START));
    }

    @Test
    void a_refutation_that_the_verifier_told_stands_until_the_backup_is_gone_and_one_that_nobody_told_is_told() {
        WatchedDatabases watched = shop(", rpo: 90d");
        watched.backedUp("shop", START);
        watched.say(new AlertRaised("shop", "refuted", "critical", id("shop", START), "the copy in disk is not what was dumped", "look"));
        watched.say(refuted(START));
        watched.pass(Duration.ofMinutes(5));
        assertThat(watched.raised("refuted")).hasSize(1);

        Instant other = START.plusSeconds(60);
        watched.backedUp("shop", other);
        watched.say(refuted(other));
        watched.round();
        assertThat(watched.raised("refuted")).as("the verifier may be about to tell it").hasSize(1);
        watched.pass(Duration.ofMinutes(3));
        assertThat(watched.standing()).containsExactly("refuted shop " + id("shop", START), "refuted shop " + id("shop", other));

        watched.say(new BackupExpired("shop", "dump", id("shop", START), "disk", "age", 1));
        watched.round();
        assertThat(watched.standing()).containsExactly("refuted shop " + id("shop", other));
    }

    @Test
    void an_alert_that_is_read_before_its_cause_is_not_resolved_for_want_of_it() {
        WatchedDatabases watched = shop(", rpo: 90d");
        watched.backedUp("shop", START);
        watched.say(new AlertRaised("shop", "refuted", "critical", id("shop", START), "the copy in disk is not what was dumped", "look"));
        watched.round();
        assertThat(watched.standing()).hasSize(1);
        watched.say(refuted(START));
        watched.pass(Duration.ofMinutes(5));
        assertThat(watched.resolved("refuted")).isEmpty();
    }

    @Test
    void where_one_backup_a_week_is_proven_the_rpo_and_the_proof_s_time_follow_from_that() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {grace: 90d, schedule: \"0 2 * * *\", verify: {every: weekly}}");
        watched.backedUp("shop", START);
        for (int day = 1; day <= 7; day++) {
            watched.jump(Duration.ofDays(1));
            watched.completed("shop", watched.now(), 1_000_000, Duration.ofMinutes(5));
        }
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofHours(2));
        assertThat(watched.standing()).containsExactly("overdue shop");
        watched.jump(Duration.ofHours(46));
        assertThat(watched.standing()).containsExactly("overdue shop", "unproven shop");
    }

    private static BackupRefuted refuted(Instant fired) {
        return new BackupRefuted("shop", "dump", id("shop", fired), "disk", "equal",
                List.of(new BackupRefuted.Finding("rows", "public.orders", "10", "9")), 1, "look", "e.json");
    }
}
