package dev.holdfast.scheduler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuperviseRunsTest {

    private static final String ID =
            BackupId.requested("/people/ana", "request-1", "dump", WatchedRuns.START).toString();
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final WatchedRuns runs = new WatchedRuns();

    @Test
    void a_run_that_goes_silent_is_taken_back_and_dispatched_as_the_same_request_with_the_next_attempt() {
        ask();
        started(1, "n1");
        runs.pass(LEASE);
        assertThat(runs.attempts()).containsExactly(1);

        runs.pass(Duration.ofSeconds(20));

        assertThat(runs.said(RunReleased.class)).singleElement().satisfies(released -> {
            assertThat(released.failures()).isEqualTo(1);
            assertThat(released.reason()).contains("silent", "worker-1");
        });
        assertThat(runs.attempts()).containsExactly(1, 2);
        Event<?> again = runs.requests.getLast();
        assertThat(again.id()).isEqualTo("request-1");
        assertThat(again.source()).isEqualTo("/people/ana");
        assertThat(again.time()).isEqualTo(WatchedRuns.START);
        assertThat(runs.lastRequest().failures()).isEqualTo(1);
        assertThat(runs.lastRequest().deadline()).isEqualTo(WatchedRuns.START.plus(Duration.ofHours(1)));
    }

    @Test
    void a_run_that_beats_is_left_alone_to_its_deadline_and_the_last_word_after_it() {
        ask();
        started(1, "n1");
        runs.pass(Duration.ofMinutes(65), () -> runs.beat(ID, 1, "n1"));
        assertThat(runs.attempts()).containsExactly(1);
        assertThat(runs.said(BackupFailed.class)).isEmpty();

        runs.pass(Duration.ofMinutes(10), () -> runs.beat(ID, 1, "n1"));

        assertThat(runs.said(BackupFailed.class)).singleElement().extracting(BackupFailed::code).isEqualTo("deadline-passed");
    }

    @Test
    void an_outage_of_the_broker_and_a_clock_that_jumps_make_no_run_silent() {
        ask();
        started(1, "n1");
        for (Duration gap : List.of(Duration.ofMinutes(10), Duration.ofMinutes(30), Duration.ofMinutes(-35))) {
            runs.jump(gap);
            runs.pass(Duration.ofSeconds(10));
            runs.beat(ID, 1, "n1");
        }
        assertThat(runs.attempts()).containsExactly(1);
        assertThat(runs.said(RunReleased.class)).isEmpty();
    }

    @Test
    void after_as_many_silent_tries_as_the_policy_allows_the_run_fails_once_and_stays_so() {
        ask();
        for (int attempt = 1; attempt <= 3; attempt++) {
            started(attempt, "n" + attempt);
            runs.pass(Duration.ofSeconds(80));
        }
        runs.pass(Duration.ofMinutes(10));

        assertThat(runs.attempts()).containsExactly(1, 2, 3);
        assertThat(runs.said(BackupFailed.class)).singleElement().satisfies(failed -> {
            assertThat(failed.code()).isEqualTo("attempts-exhausted");
            assertThat(failed.reason()).contains("3 times", "worker-3");
            assertThat(failed.nextStep()).contains("retry");
        });
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_deferred_run_is_dispatched_when_its_time_has_come_as_often_as_it_takes_since_waiting_is_no_failure() {
        ask();
        for (int attempt = 1; attempt <= 6; attempt++) {
            started(attempt, "n" + attempt);
            runs.say(new RunDeferred("shop", ID, "backup", attempt, "busy", runs.now().plusSeconds(30), "n" + attempt, null, 0));
            runs.pass(Duration.ofSeconds(25));
            assertThat(runs.attempts()).hasSize(attempt);
            runs.pass(Duration.ofSeconds(10));
        }
        assertThat(runs.attempts()).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(runs.lastRequest().failures()).isZero();
    }

    @Test
    void a_released_run_is_dispatched_at_once_and_not_twice() {
        ask();
        started(1, "n1");
        runs.say(new RunReleased("shop", ID, "backup", 1, "the worker shuts down", "n1", null, 0));
        runs.pass(Duration.ofSeconds(30));
        assertThat(runs.attempts()).containsExactly(1, 2);
    }

    @Test
    void a_request_that_lies_in_its_queue_is_never_dispatched_again_and_fails_at_its_deadline() {
        ask();
        runs.pass(Duration.ofMinutes(59));
        assertThat(runs.attempts()).containsExactly(1);
        assertThat(runs.said(BackupFailed.class)).isEmpty();

        runs.pass(Duration.ofMinutes(2));

        assertThat(runs.said(BackupFailed.class)).singleElement().extracting(BackupFailed::code).isEqualTo("deadline-passed");
    }

    @Test
    void a_request_that_its_queue_has_passed_and_nobody_started_is_dispatched_again_and_fails_in_the_end() {
        ask();
        runs.firstOpen = 1;
        runs.pass(Duration.ofSeconds(40));
        assertThat(runs.attempts()).containsExactly(1, 2);

        runs.firstOpen = 3;
        runs.pass(Duration.ofMinutes(3));

        assertThat(runs.attempts()).containsExactly(1, 2, 3);
        assertThat(runs.said(BackupFailed.class)).singleElement().extracting(BackupFailed::code).isEqualTo("attempts-exhausted");
    }

    @Test
    void of_two_claims_one_that_beats_keeps_the_run_and_one_that_yields_takes_nothing_away() {
        ask();
        started(1, "n1");
        started(1, "n2");
        runs.say(new RunReleased("shop", ID, "backup", 1, "another claim of this attempt is running", "n2", null, 0));
        runs.pass(Duration.ofMinutes(5), () -> runs.beat(ID, 1, "n1"));
        assertThat(runs.attempts()).containsExactly(1);
    }

    @Test
    void the_failure_of_an_attempt_that_was_overtaken_ends_nothing() {
        ask();
        started(1, "n1");
        runs.pass(Duration.ofSeconds(80));
        started(2, "n2");
        failed(1);
        assertThat(runs.open()).isEqualTo(1);

        failed(2);

        assertThat(runs.open()).isZero();
    }

    @Test
    void a_backup_that_was_completed_is_over_whatever_is_told_late() {
        ask();
        started(1, "n1");
        runs.say(completed());
        ask();
        started(1, "n2");
        runs.firstOpen = 9;
        runs.pass(Duration.ofMinutes(5));
        assertThat(runs.attempts()).containsExactly(1, 1);
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_run_that_somebody_cancels_while_nobody_holds_it_is_over_and_whoever_claims_it_later_is_told() {
        ask();
        runs.say(new RunCancelling("shop", ID, "backup", null, "jo", "wrong night"));
        runs.pass(Duration.ofSeconds(5));
        assertThat(runs.said(RunCancelled.class)).singleElement()
                .satisfies(cancelled -> assertThat(cancelled.requester() + cancelled.reason()).isEqualTo("jowrong night"));

        started(1, "n1");
        runs.pass(Duration.ofSeconds(5));

        assertThat(runs.said(RunCancelling.class)).hasSize(2);
        runs.say(new RunCancelled("shop", ID, "backup", 1, "n1", null, "jo", "wrong night"));
        runs.pass(Duration.ofMinutes(5));
        assertThat(runs.said(RunCancelling.class)).hasSize(2);
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_run_whose_worker_died_is_cancelled_once_its_lease_is_over() {
        ask();
        started(1, "n1");
        runs.say(new RunCancelling("shop", ID, "backup", null, "jo", "wrong night"));
        runs.pass(Duration.ofSeconds(30));
        assertThat(runs.said(RunCancelled.class)).isEmpty();

        runs.pass(Duration.ofSeconds(60));

        assertThat(runs.said(RunCancelled.class)).hasSize(1);
        assertThat(runs.attempts()).containsExactly(1);
    }

    @Test
    void a_failed_run_that_is_asked_for_again_with_a_higher_attempt_lives_again() {
        ask();
        started(1, "n1");
        failed(1);
        runs.ask(new BackupRequested("shop", null, null, null, 2, "jo", "retry", null, 0));
        assertThat(runs.open()).isEqualTo(1);
        started(2, "n2");
        runs.say(completed());
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_cancelled_run_that_is_tried_again_is_supervised_also_where_its_worker_is_faster_than_the_supervisor() {
        ask();
        started(1, "n1");
        runs.say(new RunCancelling("shop", ID, "backup", null, "jo", "wrong night"));
        runs.say(new RunCancelled("shop", ID, "backup", 1, "n1", null, "jo", "wrong night"));
        started(2, "n2");
        runs.pass(Duration.ofSeconds(5));
        assertThat(runs.said(RunCancelling.class)).as("nobody cancels it again").hasSize(1);

        runs.ask(new BackupRequested("shop", null, null, null, 2, "jo", "retry", null, 0));
        runs.say(new RunReleased("shop", ID, "backup", 2, "the worker shuts down", "n2", null, 0));
        runs.pass(Duration.ofSeconds(5));

        assertThat(runs.attempts()).containsExactly(1, 2, 3);
    }

    @Test
    void a_restarted_supervisor_knows_from_the_log_what_it_knew_and_counts_leases_afresh() {
        ask();
        started(1, "n1");
        runs.pass(Duration.ofSeconds(55));
        runs.restart();
        runs.pass(Duration.ofSeconds(55));
        assertThat(runs.attempts()).containsExactly(1);

        runs.pass(Duration.ofSeconds(30));

        assertThat(runs.attempts()).containsExactly(1, 2);
        runs.restart();
        runs.pass(Duration.ofSeconds(30));
        assertThat(runs.attempts()).containsExactly(1, 2);
    }

    @Test
    void a_log_that_is_folded_twice_says_the_same() {
        ask();
        started(1, "n1");
        runs.pass(Duration.ofSeconds(80));
        started(2, "n2");
        runs.log.addAll(List.copyOf(runs.log));
        runs.restart();
        runs.pass(Duration.ofMinutes(3), () -> runs.beat(ID, 2, "n2"));
        assertThat(runs.attempts()).containsExactly(1, 2);
    }

    @Test
    void verifications_of_two_copies_are_two_runs() {
        for (String repository : List.of("local", "offsite")) {
            runs.publish("holdfast.verification-requests", new Event<Payload>("prove-" + repository, "/holdfast/verifier-service", ID,
                    WatchedRuns.START, "prove-" + repository, null, new VerificationRequested("shop", ID, repository, "equal", "intake", "due", 1)));
            runs.say("prove-" + repository, new VerificationStarted("shop", ID, repository, "equal", 1, "n-" + repository, "verifier-1"));
        }
        runs.say("prove-local", new BackupVerified("shop", "dump", ID, "local", "equal", Instant.EPOCH, Instant.EPOCH, 1, 1.0, 1, 1, 0, 1, 0, "uid",
                List.of(), "db/shop"));
        runs.pass(Duration.ofSeconds(80));

        assertThat(runs.requests).hasSize(3);
        assertThat(runs.requests.getLast().data()).isEqualTo(
                new VerificationRequested("shop", ID, "offsite", "equal", "intake", "due", 2, 1));
    }

    @Test
    void a_verification_that_finds_two_manifests_is_over_and_not_silent() {
        runs.publish("holdfast.verification-requests", new Event<Payload>("prove", "/holdfast/verifier-service", ID, WatchedRuns.START,
                "request-1", null, new VerificationRequested("shop", ID, "local", "equal", "intake", "due", 1)));
        runs.say(new VerificationStarted("shop", ID, "local", "equal", 1, "n1", "verifier-1"));
        runs.say(new AlertRaised("shop", "manifest-conflict", "critical", ID, "two manifests", "look"));
        runs.pass(Duration.ofMinutes(5));
        assertThat(runs.attempts()).containsExactly(1);
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_request_that_leaves_the_copy_open_and_one_that_names_it_are_told_apart_by_their_requests() {
        runs.prove("of-ana", new VerificationRequested("shop", ID, null, "equal", "ana", "sure?", 1));
        runs.prove("of-intake", new VerificationRequested("shop", ID, "local", "equal", "intake", "due", 1));
        runs.say("of-ana", new VerificationStarted("shop", ID, "local", "equal", 1, "n-ana", "verifier-1"));
        runs.say("of-intake", new VerificationStarted("shop", ID, "local", "equal", 1, "n-intake", "verifier-2"));
        runs.firstOpen = 9;
        runs.pass(Duration.ofSeconds(55));
        assertThat(runs.requests).hasSize(2);
    }

    @Test
    void a_proof_that_is_asked_for_anew_is_watched_also_where_its_start_is_told_before_its_request() {
        runs.prove("first", new VerificationRequested("shop", ID, "local", "equal", "intake", "due", 1));
        runs.say("first", new VerificationStarted("shop", ID, "local", "equal", 1, "n1", "verifier-1"));
        runs.say("first", verified());
        for (String repository : new String[] {"local", null}) {
            String request = "again-" + repository;
            runs.say(request, new VerificationStarted("shop", ID, "local", "equal", 1, "n-" + request, "verifier-1"));
            int before = runs.requests.size();
            runs.prove(request, new VerificationRequested("shop", ID, repository, "equal", "ana", "aged", 1));
            runs.firstOpen = 99;
            runs.pass(Duration.ofSeconds(55));
            assertThat(runs.requests).as("asked for %s", repository).hasSize(before + 1);
            runs.say(request, verified());
            assertThat(runs.open()).as("open after %s", repository).isZero();
        }
    }

    @Test
    void a_late_failure_does_not_overrule_a_backup_that_is_there_nor_is_a_cancelled_run_cancelled_for_ever() {
        ask();
        started(1, "n1");
        runs.say(completed());
        failed(1);
        runs.ask(new BackupRequested("shop", null, null, null, 2, "jo", "retry", null, 0));
        assertThat(runs.open()).as("a retry of what is there").isLessThanOrEqualTo(1);

        runs.say(new RunCancelling("shop", ID, "backup", null, "jo", "wrong night"));
        runs.pass(Duration.ofSeconds(5));
        started(2, "n2");
        runs.pass(Duration.ofMinutes(3));
        int told = runs.said(RunCancelling.class).size();
        runs.pass(Duration.ofMinutes(10));
        assertThat(runs.said(RunCancelling.class)).hasSize(told);
        assertThat(runs.open()).isZero();
    }

    @Test
    void a_backlog_that_is_read_partition_by_partition_counts_once_and_calls_nobody_silent() {
        ask();
        started(1, "n1");
        runs.pass(Duration.ofSeconds(10), () -> runs.beat(ID, 1, "n1"));
        Instant stopped = runs.now();
        for (int partition : new int[] {1, 2, 0}) {
            for (int second = 5; second <= 75; second += 5) {
                runs.heard(partition, runs.beatAt(stopped.plusSeconds(second), ID, 1, partition == 0 ? "n1" : "another"));
            }
        }
        runs.round();
        assertThat(runs.said(RunReleased.class)).isEmpty();
        assertThat(runs.attempts()).containsExactly(1);
    }

    private static BackupVerified verified() {
        return new BackupVerified("shop", "dump", ID, "local", "equal", Instant.EPOCH, Instant.EPOCH, 1, 1.0, 1, 1, 0, 1, 0, "uid",
                List.of(), "db/shop");
    }

    private void ask() {
        runs.ask(new BackupRequested("shop", null, null, null, null, null, null, null));
    }

    private void started(int attempt, String nonce) {
        runs.say(new BackupStarted("shop", "dump", ID, attempt, nonce, "worker-" + attempt));
    }

    private void failed(int attempt) {
        runs.say(new BackupFailed("shop", "dump", ID, attempt, "dump", "permanent", "dump-failed", "it failed", "look"));
    }

    private static BackupCompleted completed() {
        return new BackupCompleted("shop", "dump", ID, 1, WatchedRuns.START, WatchedRuns.START, WatchedRuns.START, 1, 1, false,
                "15.1", "00", List.of(), List.of());
    }
}
