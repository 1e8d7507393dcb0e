package dev.holdfast.scheduler.alert;

import static dev.holdfast.scheduler.alert.WatchedDatabases.START;
import static dev.holdfast.scheduler.alert.WatchedDatabases.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.RunDeferred;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunAlertsTest {

    private static final Instant TWO = Instant.parse("2026-02-03T02:00:00Z");

    @TempDir
    private Path folder;

    private WatchedDatabases nightly(String... more) {
        return WatchedDatabases.of(folder, "shop: {schedule: \"0 2 * * *\", rpo: 90d, jitter: 10m, grace: 15m" + String.join("", more) + "}");
    }

    @Test
    void a_backup_that_did_not_begin_within_jitter_and_grace_is_missed_once_until_one_begins() {
        WatchedDatabases watched = nightly();
        watched.accepted("shop", TWO);
        watched.pass(Duration.ofMinutes(84));
        assertThat(watched.standing()).isEmpty();
        watched.pass(Duration.ofMinutes(2));
        watched.pass(Duration.ofHours(2));
        assertThat(watched.raised("missed")).singleElement().satisfies(alert -> {
            assertThat(alert.reason()).contains("2026-02-03T02:00:00Z");
            assertThat(alert.since()).isEqualTo("2026-02-03T02:25:00Z");
            assertThat(alert.severity()).isEqualTo("warning");
        });

        watched.started("shop", TWO, 1);
        watched.round();
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.resolved("missed")).singleElement().extracting("since").isEqualTo(Instant.parse("2026-02-03T02:25:00Z"));
    }

    @Test
    void nothing_is_missed_from_before_a_database_was_known_nor_while_it_is_paused_nor_from_then_once_it_goes_on() {
        WatchedDatabases watched = nightly();
        watched.clock.set(TWO.plus(Duration.ofHours(1)));
        watched.restart();
        watched.pass(Duration.ofMinutes(10));
        assertThat(watched.standing()).isEmpty();

        watched.say(new ActivityPaused("shop", "backup", "ana", "a migration"));
        watched.pass(Duration.ofHours(23)).pass(Duration.ofMinutes(30));
        assertThat(watched.standing()).isEmpty();
        watched.say(new ActivityResumed("shop", "backup", "ana", "done"));
        watched.pass(Duration.ofMinutes(30));
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_run_that_a_blackout_defers_is_neither_missed_nor_stuck_before_the_window_has_ended_and_the_grace_passed() {
        WatchedDatabases watched = nightly(", blackouts: [\"daily 01:30-04:00\"]");
        watched.accepted("shop", TWO);
        watched.pass(Duration.ofMinutes(65));
        watched.started("shop", TWO, 1);
        watched.say(new RunDeferred("shop", id("shop", TWO), "backup", 1, "blackout window until 04:00", Instant.parse("2026-02-03T04:00:00Z")));
        watched.pass(Duration.ofMinutes(125));
        assertThat(watched.standing()).isEmpty();
        watched.pass(Duration.ofMinutes(10));
        assertThat(watched.standing()).containsExactly("stuck shop " + id("shop", TWO));
    }

    @Test
    void inside_a_blackout_a_run_that_nobody_took_is_missed_only_after_it() {
        WatchedDatabases watched = nightly(", blackouts: [\"daily 01:30-04:00\"]");
        watched.accepted("shop", TWO);
        watched.pass(Duration.ofMinutes(194));
        assertThat(watched.standing()).isEmpty();
        watched.pass(Duration.ofMinutes(2));
        assertThat(watched.standing()).containsExactly("missed shop");
    }

    @Test
    void a_run_that_finds_its_database_busy_again_and_again_is_stuck_after_the_grace_and_not_while_it_is_tried() {
        WatchedDatabases watched = nightly();
        watched.accepted("shop", TWO);
        watched.pass(Duration.ofHours(1));
        for (int attempt = 1; attempt <= 17; attempt++) {
            watched.started("shop", TWO, attempt);
            watched.round();
            watched.say(new RunDeferred("shop", id("shop", TWO), "backup", attempt, "another run holds the database", watched.now().plusSeconds(60)));
            watched.pass(Duration.ofMinutes(1));
        }
        watched.started("shop", TWO, 18);
        watched.round();
        assertThat(watched.raised("stuck")).singleElement().satisfies(alert -> {
            assertThat(alert.about()).isEqualTo(id("shop", TWO));
            assertThat(alert.reason()).contains("another run holds the database");
        });
        assertThat(watched.resolved("stuck")).isEmpty();
        watched.pass(Duration.ofMinutes(3));
        watched.progressed("shop", TWO, 18, 1);
        watched.progressed("shop", TWO, 18, 2);
        watched.round();
        assertThat(watched.resolved("stuck")).hasSize(1);
    }

    @Test
    void a_run_of_which_no_byte_moves_is_stuck_until_one_does_also_over_a_restart() {
        WatchedDatabases watched = nightly();
        watched.accepted("shop", TWO);
        watched.started("shop", TWO, 1);
        watched.progressed("shop", TWO, 4096);
        for (int minute = 0; minute < 31; minute++) {
            watched.pass(Duration.ofMinutes(1)).progressed("shop", TWO, 4096);
        }
        watched.round();
        assertThat(watched.raised("stuck")).singleElement().satisfies(alert -> assertThat(alert.reason()).contains("4.0 KiB"));

        watched.restart();
        watched.round();
        assertThat(watched.standing()).as("nobody knows yet whether it moves").containsExactly("stuck shop " + id("shop", TWO));
        watched.progressed("shop", TWO, 4096);
        watched.pass(Duration.ofMinutes(5));
        assertThat(watched.standing()).as("the first beat says nothing about moving").hasSize(1);
        watched.progressed("shop", TWO, 8192);
        watched.round();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_run_that_takes_far_longer_than_those_before_it_is_stuck() {
        WatchedDatabases watched = nightly();
        for (int day = 5; day >= 1; day--) {
            watched.completed("shop", TWO.minus(Duration.ofDays(day)), 1_000, Duration.ofMinutes(40));
        }
        watched.pass(Duration.ofHours(1));
        watched.started("shop", TWO, 1);
        for (int minute = 0; minute < 119; minute++) {
            watched.progressed("shop", TWO, minute);
            watched.pass(Duration.ofMinutes(1));
        }
        assertThat(watched.raised("stuck")).isEmpty();
        watched.progressed("shop", TWO, 1_000);
        watched.pass(Duration.ofMinutes(2));
        assertThat(watched.raised("stuck")).singleElement().satisfies(alert -> assertThat(alert.reason()).contains("longer"));
    }

    @Test
    void failed_stands_from_the_first_failure_until_the_next_completed_run_and_says_the_run_s_own_next_step() {
        WatchedDatabases watched = nightly();
        watched.started("shop", TWO, 1);
        watched.failed("shop", TWO, 1, "server-refused");
        watched.round();
        watched.pass(Duration.ofHours(2));
        Instant next = TWO.plus(Duration.ofDays(1));
        watched.started("shop", next, 1);
        watched.failed("shop", next, 1, "disk-full");
        watched.round();
        assertThat(watched.raised("failed")).singleElement().satisfies(alert -> {
            assertThat(alert.since()).isEqualTo(START);
            assertThat(alert.reason()).contains("server-refused");
            assertThat(alert.nextStep()).isEqualTo("put it right");
        });
        watched.jump(Duration.ofHours(25));
        assertThat(watched.raised("failed").getLast()).extracting(AlertRaised::reminder).isEqualTo(1);
        assertThat(watched.raised("failed").getLast().reason()).contains("disk-full", "2 in a row");

        watched.completed("shop", TWO.minus(Duration.ofDays(1)), 1_000, Duration.ofMinutes(1));
        watched.round();
        assertThat(watched.standing()).as("an older run says nothing about the newest").contains("failed shop");
        watched.completed("shop", next, 1_000, Duration.ofMinutes(1));
        watched.round();
        assertThat(watched.standing()).doesNotContain("failed shop");
    }

    @Test
    void a_failure_told_by_an_attempt_that_was_overtaken_and_a_cancelled_run_are_no_failed_backups() {
        WatchedDatabases watched = nightly();
        watched.started("shop", TWO, 1);
        watched.started("shop", TWO, 2);
        watched.failed("shop", TWO, 1, "connection-lost");
        watched.say(new dev.holdfast.events.RunCancelled("shop", id("shop", TWO), "backup", 2, null, null, "ana", "not now"));
        watched.failed("shop", TWO, 2, "cancelled-late");
        watched.round();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_pause_that_lasts_longer_than_a_day_is_told_for_one_database_and_for_all() {
        WatchedDatabases watched = nightly();
        watched.say(new ActivityPaused("shop", "backup", "ana", "a migration"));
        watched.say(new ActivityPaused(null, "prune", "bo", "space is being added"));
        watched.jump(Duration.ofHours(23));
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.standing()).containsExactly("paused prune", "paused shop backup");
        assertThat(watched.raised("paused")).allSatisfy(alert -> assertThat(alert.severity()).isEqualTo("info"));
        watched.say(new ActivityResumed(null, "prune", "bo", "space is being added"));
        watched.round();
        assertThat(watched.standing()).containsExactly("paused shop backup");
    }

    @Test
    void a_machine_whose_clock_jumps_an_hour_calls_nothing_late_that_is_not_and_nothing_over_that_is_not() {
        WatchedDatabases watched = nightly();
        watched.accepted("shop", TWO);
        watched.pass(Duration.ofMinutes(65));
        watched.setMachineForward(Duration.ofHours(1));
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).as("three o'clock here, five past two in truth").containsExactly("clock-skew scheduler-service-1");
        watched.setMachineForward(Duration.ofHours(-1));
        watched.started("shop", TWO, 1);
        watched.progressed("shop", TWO, 4096);
        watched.progressed("shop", TWO, 8192);
        watched.setMachineForward(Duration.ofHours(1));
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).containsExactly("clock-skew scheduler-service-1");
        watched.setMachineForward(Duration.ofHours(-1));
        watched.pass(Duration.ofMinutes(31));
        String stuck = "stuck shop " + id("shop", TWO);
        assertThat(watched.standing()).containsExactly(stuck);
        watched.setMachineForward(Duration.ofHours(-1));
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).containsExactly("clock-skew scheduler-service-1", stuck);
    }

    @Test
    void a_promise_is_neither_broken_nor_kept_again_by_a_clock_that_jumps() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {rpo: 24h}");
        watched.backedUp("shop", START.minus(Duration.ofMinutes(23 * 60 + 30)));
        watched.setMachineForward(Duration.ofHours(1));
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.raised("overdue")).isEmpty();
        watched.setMachineForward(Duration.ofHours(-1));
        watched.pass(Duration.ofMinutes(31));
        assertThat(watched.standing()).containsExactly("overdue shop");
        watched.setMachineForward(Duration.ofHours(-1));
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.resolved("overdue")).isEmpty();
    }

    @Test
    void of_two_copies_that_are_proven_at_once_the_one_that_does_not_move_is_stuck_until_it_has_its_verdict() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {rpo: 90d}");
        watched.completed("shop", START, 1_000, Duration.ofMinutes(1));
        watched.proving("intake", START, "disk");
        watched.proving("intake", START, "vault");
        for (int minute = 0; minute < 122; minute++) {
            watched.proofMoves("intake", START, "disk", minute);
            watched.proofMoves("intake", START, "vault", 1);
            watched.pass(Duration.ofMinutes(1));
        }
        String stuck = "stuck shop " + id("shop", START) + ".verification";
        assertThat(watched.standing()).containsExactly(stuck);
        watched.proven("intake", START, "disk");
        watched.round();
        assertThat(watched.standing()).as("the other copy's verdict").containsExactly(stuck);
        watched.proven("intake", START, "vault");
        watched.round();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_person_s_proof_of_any_copy_and_the_intake_s_are_two_and_a_start_that_was_told_before_its_request_is_one() {
        WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {rpo: 90d, proof-within: 8h}");
        watched.completed("shop", START, 1_000, Duration.ofMinutes(1));
        watched.proving("intake", START, "disk");
        watched.proofStarted("ana", START, "disk");
        watched.proofAccepted("ana", START, null);
        watched.proven("ana", START, "disk");
        for (int minute = 0; minute < 122; minute++) {
            watched.proofMoves("intake", START, "disk", 1);
            watched.pass(Duration.ofMinutes(1));
        }
        assertThat(watched.standing()).containsExactly("stuck shop " + id("shop", START) + ".verification");
        watched.proven("intake", START, "disk");
        watched.proofAccepted("intake", START, "disk");
        watched.pass(Duration.ofHours(3));
        assertThat(watched.standing()).as("an acceptance told twice opens nothing").isEmpty();

        watched.proofAccepted("ana-again", START, null);
        watched.pass(Duration.ofHours(3));
        assertThat(watched.standing()).containsExactly("verifier-backlog");
        watched.say("ana-again", new AlertRaised("shop", "verification-impossible", "warning", id("shop", START), "no disk", "look"));
        watched.pass(Duration.ofMinutes(5));
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void of_two_requests_that_proved_one_copy_before_anybody_accepted_them_neither_waits_for_ever() {
        for (List<String> verdicts : List.of(List.of("intake", "ana"), List.of("ana", "intake"))) {
            WatchedDatabases watched = WatchedDatabases.of(folder, "shop: {rpo: 90d, proof-within: 8h}");
            watched.completed("shop", START, 1_000, Duration.ofMinutes(1));
            watched.proofStarted("intake", START, "disk");
            watched.proofStarted("ana", START, "disk");
            verdicts.forEach(request -> watched.proven(request, START, "disk"));
            watched.proofAccepted("intake", START, "disk");
            watched.proofAccepted("ana", START, null);
            watched.pass(Duration.ofHours(3));
            assertThat(watched.standing()).as(verdicts.toString()).isEmpty();
        }
    }
}
