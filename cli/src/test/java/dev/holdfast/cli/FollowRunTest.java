package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.output.Console;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.repository.BackupId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When a command stops waiting, and with which exit code. */
class FollowRunTest {

    private static final Instant FIRE = Instant.parse("2026-02-03T02:00:00Z");
    private static final String ID = BackupId.scheduled("shop", "dump", FIRE).toString();

    private final Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false, false);
    private FollowRun run = FollowRun.ofBackupUntilProven(console, "shop", "request", "equal");

    @Test
    void one_verified_copy_of_two_is_not_the_end() {
        assertThat(goesOn(completed("disk", "bucket"))).isTrue();
        assertThat(goesOn(verified("disk", "equal"))).isTrue();
        assertThat(goesOn(verified("bucket", "equal"))).isFalse();
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void a_refuted_copy_decides_whichever_was_told_first() {
        for (List<Payload> verdicts : List.<List<Payload>>of(List.of(refuted("bucket"), verified("disk", "equal")),
                List.of(verified("disk", "equal"), refuted("bucket")), List.of(unproven("disk"), refuted("bucket")))) {
            run = FollowRun.ofBackupUntilProven(console, "shop", "request", "equal");
            goesOn(completed("disk", "bucket"));
            assertThat(goesOn(verdicts.getFirst())).isTrue();
            assertThat(goesOn(verdicts.getLast())).isFalse();
            assertThat(run.outcome().orElseThrow().state()).isEqualTo("refuted");
            assertThat(run.outcome().orElseThrow().event()).isEqualTo(refuted("bucket"));
            assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.NOT_VERIFIED);
        }
    }

    @Test
    void an_unproven_copy_is_not_made_good_by_another() {
        Stream.of(completed("disk", "bucket"), unproven("disk"), verified("bucket", "equal")).forEach(this::goesOn);
        assertThat(run.outcome().orElseThrow().state()).isEqualTo("unproven");
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.NOT_VERIFIED);
    }

    @Test
    void a_success_below_the_policy_s_level_decides_nothing() {
        goesOn(completed("disk"));
        assertThat(goesOn(verified("disk", "checksum"))).isTrue();
        assertThat(goesOn(verified("disk", "equal"))).isFalse();
    }

    @Test
    void a_verdict_may_be_faster_than_the_news_of_the_backup() {
        assertThat(goesOn(verified("disk", "equal"))).isTrue();
        assertThat(goesOn(completed("disk"))).isFalse();
        assertThat(run.outcome().orElseThrow().state()).isEqualTo("verified");
    }

    @Test
    void a_run_that_somebody_cancelled_ends_the_wait() {
        assertThat(goesOn(new RunCancelled("shop", ID, "backup", 1, "n1", null, "jo", "wrong night"))).isFalse();
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.FAILED);

        run = FollowRun.ofBackupUntilProven(console, "shop", "request", "equal");
        goesOn(completed("disk"));
        assertThat(goesOn(new RunCancelled("shop", ID, "verification", 1, "n2", "disk", "jo", "too slow"))).isFalse();
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.NOT_VERIFIED);
    }

    @Test
    void a_backup_that_nobody_can_prove_ends_the_wait() {
        goesOn(completed("disk"));
        assertThat(goesOn(new AlertRaised("shop", "backup-stale", "warning", ID, "old", "look"))).isTrue();
        assertThat(goesOn(new AlertRaised("shop", "manifest-conflict", "critical", ID, "two manifests", "look"))).isFalse();
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.NOT_VERIFIED);
    }

    @Test
    void one_that_waits_for_the_backup_only_ends_when_it_is_stored() {
        run = FollowRun.ofBackup(console, "shop", "request");
        assertThat(goesOn(completed("disk", "bucket"))).isFalse();
        assertThat(run.outcome().orElseThrow().state()).isEqualTo("completed");
    }

    @Test
    void a_verification_ends_with_its_own_verdict_and_no_other() {
        run = FollowRun.ofVerification(console, "shop", "request");
        goesOn(unproven("disk"), "request-of-another");
        assertThat(run.outcome()).isEmpty();
        assertThat(goesOn(verified("disk", "checksum"))).isFalse();
        assertThat(run.outcome().orElseThrow().exit()).isEqualTo(ExitCode.DONE);
    }

    private boolean goesOn(Payload data) {
        return goesOn(data, "request");
    }

    private boolean goesOn(Payload data, String correlationId) {
        return run.read(new Event<>("id", "/test", ID, FIRE, correlationId, null, data));
    }

    private static BackupCompleted completed(String... repositories) {
        return new BackupCompleted("shop", "dump", ID, 1, FIRE, FIRE, FIRE, 1000, 700, false, "15.8", "00",
                Stream.of(repositories).map(name -> new BackupCompleted.Copy(name, 700)).toList(), List.of());
    }

    private static BackupVerified verified(String repository, String level) {
        return new BackupVerified("shop", "dump", ID, repository, level, FIRE, FIRE, 9, 4.5, 1, 1, 0, 1, 0, "uid", List.of(), "key");
    }

    private static BackupRefuted refuted(String repository) {
        return new BackupRefuted("shop", "dump", ID, repository, "restore", List.of(), 3, "look", "key");
    }

    private static BackupUnproven unproven(String repository) {
        return new BackupUnproven("shop", "dump", ID, repository, "archive", "disk", "no room", "make room", "key");
    }
}
