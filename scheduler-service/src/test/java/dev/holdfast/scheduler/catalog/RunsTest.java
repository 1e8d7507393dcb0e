package dev.holdfast.scheduler.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.BackupId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunsTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");
    private static final String ID = BackupId.scheduled("shop", "dump", FIRE).toString();

    private final Runs runs = new Runs();
    private int seconds;

    @Test
    void a_run_tells_its_state_worker_progress_and_end() {
        apply(new BackupAccepted("shop", "dump", ID, FIRE, "scheduler"));
        assertThat(run(ID).state()).isEqualTo("accepted");
        apply(new RunDeferred("shop", ID, "backup", 1, "the database is busy", FIRE.plusSeconds(60)));
        assertThat(run(ID).state()).isEqualTo("deferred");
        apply(new BackupStarted("shop", "dump", ID, 2, "aabbccdd", "worker-1"));
        apply(new RunProgressed("shop", ID, "backup", 2, "dump", 500, 1000L, 50.0));
        assertThat(run(ID).progress()).isEqualTo(new Run.Progress("dump", 500, 1000L, 50.0));
        assertThat(run(ID).worker()).isEqualTo("worker-1");
        assertThat(run(ID).attempt()).isEqualTo(2);
        apply(new BackupCompleted("shop", "dump", ID, 2, FIRE, FIRE, FIRE, 1, 1, false, "15", "00", List.of(), List.of()));
        apply(new RunProgressed("shop", ID, "backup", 2, "dump", 900, 1000L, 50.0));
        assertThat(run(ID).state()).isEqualTo("completed");
        assertThat(run(ID).progress()).as("a late beat changes nothing").isNull();
        assertThat(run(ID).requester()).isEqualTo("scheduler");
    }

    @Test
    void a_worker_may_be_faster_than_the_acceptance() {
        apply(new BackupStarted("shop", "dump", ID, 1, "aabbccdd", "worker-1"));
        apply(new BackupAccepted("shop", "dump", ID, FIRE, "scheduler"));
        assertThat(run(ID).state()).isEqualTo("started");
        assertThat(run(ID).acceptedAt()).isNotNull();
        assertThat(runs.ofRequest("shop", "request-1")).map(Run::id).contains(ID);
    }

    @Test
    void a_run_that_was_given_back_is_released_until_its_successor_which_may_be_faster_than_the_event() {
        apply(new BackupStarted("shop", "dump", ID, 1, "aabbccdd", "worker-1"));
        apply(new RunReleased("shop", ID, "backup", 1, "the worker shuts down"));
        assertThat(run(ID).state()).isEqualTo("released");
        apply(new BackupStarted("shop", "dump", ID, 2, "ddccbbaa", "worker-2"));
        apply(new RunReleased("shop", ID, "backup", 1, "the worker shuts down"));
        assertThat(run(ID).state()).isEqualTo("started");
        assertThat(run(ID).worker()).isEqualTo("worker-2");
    }

    @Test
    void a_verification_is_a_run_of_its_own() {
        apply(new BackupStarted("shop", "dump", ID, 1, "aabbccdd", "worker-1"));
        apply(new VerificationAccepted("shop", ID, "equal", "verifier"));
        apply(new VerificationStarted("shop", ID, "disk", "equal", 1, "aabbccdd", "verifier-1"));
        apply(verified("disk"));
        assertThat(run(ID).state()).isEqualTo("started");
        assertThat(run(ID + ".verification").state()).isEqualTo("verified");
        assertThat(runs.list("shop", "verified")).extracting(Run::activity).containsExactly("verification");
        assertThat(runs.list("shop", null)).extracting(Run::activity).containsExactly("verification", "backup");
        assertThat(runs.list("blog", null)).isEmpty();
    }

    @Test
    void a_verifier_may_be_done_before_the_acceptance_and_another_copy_or_request_is_another_proof() {
        apply(new VerificationStarted("shop", ID, "disk", "equal", 1, "aabbccdd", "verifier-1"));
        apply(verified("disk"));
        apply(accepted("disk"));
        assertThat(run(ID + ".verification").state()).as("its scheduler was away meanwhile").isEqualTo("verified");
        assertThat(run(ID + ".verification").requester()).isEqualTo("verifier");
        apply(accepted("bucket"));
        assertThat(run(ID + ".verification").state()).isEqualTo("accepted");
        apply(verified("bucket"));
        runs.apply(new Event<>("id", "/test", ID, FIRE.plusSeconds(seconds++), "request-2", null, accepted("disk")));
        assertThat(run(ID + ".verification").state()).isEqualTo("accepted");
    }

    private static VerificationAccepted accepted(String repository) {
        return new VerificationAccepted("shop", ID, "equal", "verifier", new AcceptedRequest("id", "/test", FIRE, 0L, 1, null, null,
                repository, null, null, null));
    }

    private static BackupVerified verified(String repository) {
        return new BackupVerified("shop", "dump", ID, repository, "equal", FIRE, FIRE, 9, 4.5, 1, 1, 0, 1, 0, "uid", List.of(), "key");
    }

    @Test
    void a_request_that_named_no_known_database_is_a_failed_run_by_its_request() {
        apply(new BackupFailed("nowhere", "dump", null, 1, "claim", "PERMANENT", "unknown-database", "no such alias", "use shop"));
        Run failed = run("request-1");
        assertThat(failed.state()).isEqualTo("failed");
        assertThat(failed.reason()).isEqualTo("unknown-database: no such alias");
        assertThat(failed.nextStep()).isEqualTo("use shop");
    }

    private void apply(Payload data) {
        runs.apply(new Event<>("id", "/test", ID, FIRE.plusSeconds(seconds++), "request-1", null, data));
    }

    private Run run(String id) {
        return runs.find(id).orElseThrow();
    }
}
