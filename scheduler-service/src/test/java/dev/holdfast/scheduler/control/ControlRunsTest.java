package dev.holdfast.scheduler.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.TestDatabases;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlRunsTest {

    private static final Instant NOW = Instant.parse("2026-02-03T02:10:00.250Z");
    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");
    private static final String ID = BackupId.scheduled("shop", "dump", FIRE).toString();
    private static final HoldfastConfig.Database SHOP = TestDatabases.scheduled("shop", "0 2 * * *", "UTC");

    private final SupervisedRuns runs = new SupervisedRuns();
    private ControlRuns control = new ControlRuns(runs, Map.of("shop", SHOP));

    @Test
    void what_is_known_by_no_id_can_neither_be_cancelled_nor_tried_again() {
        assertThat(refused(() -> control.cancel(ID, "ana", "why")).code()).isEqualTo("unknown-run");
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW)).code()).isEqualTo("unknown-run");
    }

    @Test
    void a_run_that_goes_on_is_cancelled_in_the_name_of_who_asks_and_one_that_is_over_is_not() {
        accepted(1);
        started(1);
        assertThat(control.cancel(ID, "ana", "not now")).containsExactly(new RunCancelling("shop", ID, "backup", null, "ana", "not now"));
        say(new BackupCompleted("shop", "dump", ID, 1, FIRE, FIRE, FIRE, 1, 1, false, "15", "00", List.of(), List.of()));
        assertThat(refused(() -> control.cancel(ID, "ana", "not now"))).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo("run-ended");
            assertThat(refusal).hasMessageContaining("completed");
        });
    }

    @Test
    void of_the_proofs_of_two_copies_each_that_goes_on_is_cancelled() {
        proof("intake-1", "disk");
        proof("intake-2", "vault");
        assertThat(control.cancel(ID + ".verification", "ana", "why")).extracting(RunCancelling::repository)
                .containsExactlyInAnyOrder("disk", "vault");
        say("intake-1", new RunCancelled("shop", ID, "verification", 1, null, "disk", "ana", "why"));
        assertThat(control.cancel(ID + ".verification", "ana", "why")).extracting(RunCancelling::repository).containsExactly("vault");
        assertThat(refused(() -> control.cancel(ID, "ana", "why")).code()).as("no backup of it is known").isEqualTo("unknown-run");
    }

    @Test
    void a_failed_run_is_asked_for_again_as_it_was_with_the_next_attempt_no_failures_and_a_new_deadline() {
        accepted(2);
        started(2);
        failed(2);
        Event<? extends Payload> again = control.retry(ID, "ana", "the disk is larger", NOW);
        assertThat(again.id()).isEqualTo("request-1");
        assertThat(again.source()).isEqualTo("/people/bo");
        assertThat(ControlRuns.attempt(again)).isEqualTo(3);
        assertThat((BackupRequested) again.data()).satisfies(asked -> {
            assertThat(asked.fireTime()).isEqualTo(FIRE);
            assertThat(asked.requester()).isEqualTo("ana");
            assertThat(asked.reason()).isEqualTo("the disk is larger");
            assertThat(asked.failures()).isZero();
            assertThat(asked.deadline()).isEqualTo("2026-02-03T03:10:00Z");
        });
    }

    @Test
    void a_cancelled_proof_is_asked_for_again_of_the_same_copy_and_a_proof_has_no_deadline() {
        proof("intake-1", "vault");
        say("intake-1", new RunCancelled("shop", ID, "verification", 1, null, "vault", "bo", "why"));
        VerificationRequested again = (VerificationRequested) control.retry(ID + ".verification", "ana", "now", NOW).data();
        assertThat(again.repository()).isEqualTo("vault");
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.level()).isEqualTo("equal");
    }

    @Test
    void what_goes_on_or_ended_well_is_not_tried_again_and_each_refusal_says_what_to_do_instead() {
        accepted(1);
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW))).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo("run-not-failed");
            assertThat(refusal.nextStep()).contains("holdfast cancel " + ID);
        });
        say(new BackupCompleted("shop", "dump", ID, 1, FIRE, FIRE, FIRE, 1, 1, false, "15", "00", List.of(), List.of()));
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW)).nextStep()).contains("holdfast backup shop");
    }

    @Test
    void a_cancelled_run_that_somebody_still_holds_is_not_tried_again_before_they_let_go() {
        accepted(1);
        started(1);
        say(new RunCancelled("shop", ID, "backup", 1, "another-nonce", null, "bo", "why"));
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW))).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo("run-still-held");
            assertThat(refusal.kind()).isEqualTo(FailureKind.RETRIABLE);
            assertThat(refusal).hasMessageContaining("worker-1");
        });
        say(new RunCancelled("shop", ID, "backup", 1, "abcdef012345", null, "bo", "why"));
        assertThat(ControlRuns.attempt(control.retry(ID, "ana", "why", NOW))).isEqualTo(2);
    }

    @Test
    void a_run_of_which_the_log_has_forgotten_what_was_asked_for_and_one_of_a_database_that_is_gone_are_not_repeatable() {
        started(1);
        failed(1);
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW)).code()).isEqualTo("run-not-repeatable");
        control = new ControlRuns(runs, Map.of());
        assertThat(refused(() -> control.retry(ID, "ana", "why", NOW)).code()).isEqualTo("unknown-database");
    }

    private static HoldfastException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        HoldfastException refusal = catchThrowableOfType(HoldfastException.class, what);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private void accepted(int attempt) {
        say(new BackupAccepted("shop", "dump", ID, FIRE, "bo",
                new AcceptedRequest("request-1", "/people/bo", FIRE, 0L, attempt, attempt - 1, null, null, FIRE, "nightly", FIRE.plusSeconds(3600))));
    }

    private void started(int attempt) {
        say(new BackupStarted("shop", "dump", ID, attempt, "abcdef012345", "worker-1"));
    }

    private void failed(int attempt) {
        say(new BackupFailed("shop", "dump", ID, attempt, "dump", "permanent", "disk-full", "it is full", "make room"));
    }

    private void proof(String request, String repository) {
        say(request, new VerificationAccepted("shop", ID, "equal", "intake",
                new AcceptedRequest(request, "/holdfast/verifier-service", FIRE, 0L, 1, 0, null, repository, null, null, null)));
    }

    private void say(Payload data) {
        say("request-1", data);
    }

    private void say(String request, Payload data) {
        runs.apply(new Event<>("an-event", "/test", ID, NOW, request, null, data), NOW);
    }
}
