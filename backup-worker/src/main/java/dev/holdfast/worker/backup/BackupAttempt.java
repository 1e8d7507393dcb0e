package dev.holdfast.worker.backup;

import dev.holdfast.events.Event;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.crypto.OpenPgp;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.write.BackupCopies;
import dev.holdfast.repository.write.Encoding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The steps of one attempt, in order. Whatever fails closes all that was opened, and nothing becomes a backup. */
final class BackupAttempt {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

    private final Run run;
    private final RunControl control;
    private final Heartbeat heartbeat;
    private final Workplace workplace;
    private final LaterStart later;
    private final BackupEvents events;

    BackupAttempt(Run run, RunControl control, Heartbeat heartbeat, Workplace workplace, LaterStart later, BackupEvents events) {
        this.run = run;
        this.control = control;
        this.heartbeat = heartbeat;
        this.workplace = workplace;
        this.later = later;
        this.events = events;
    }

    /** The event of its completion, or that it has to wait or is made by somebody else. */
    Event<?> make() {
        Instant now = workplace.clock().instant();
        Optional<Instant> blackout = later.afterBlackout(run, now);
        if (blackout.isPresent()) {
            return events.deferred(run, "blackout window until " + blackout.get(), blackout.get(), run.failures());
        }
        heartbeat.phase("preflight");
        PostgresTools tools = workplace.tools().get();
        try (SourceTurn turn = SourceTurn.connect(run, workplace.secrets(), control)) {
            return switch (turn.take(workplace.runsPerCluster(), heartbeat)) {
                case Turn.NotNow busy -> events.deferred(run, busy.reason(), later.afterBusy(now), run.failures());
                case Turn.Duplicate duplicate -> events.released(run, duplicate.reason());
                case Turn.Taken ignored -> backUp(turn, tools);
            };
        }
    }

    private Event<?> backUp(SourceTurn turn, PostgresTools tools) {
        Optional<Recipients> recipients = run.encrypted()
                ? Optional.of(Recipients.read(run.policy().encryption().recipients(), workplace.clock()))
                : Optional.empty();
        PreflightSource source = PreflightSource.of(turn, tools);
        turn.rest();
        try (BackupCopies copies = new BackupCopies(run.folder(), run.writers(), workplace.copySettings())) {
            copies.prepare();
            Optional<ExistingBackup> existing = RunBackup.existing(run, ASK_AGAIN);
            if (existing.isPresent()) {
                return events.completed(run, existing.get());
            }
            return dump(turn, source, copies, recipients);
        }
    }

    private Event<?> dump(SourceTurn turn, PreflightSource source, BackupCopies copies, Optional<Recipients> recipients) {
        Optional<Encoding> encryption = recipients.map(keys -> out -> OpenPgp.encrypt(out, keys));
        boolean rolePasswords = run.encrypted() && source.mayReadPasswords();
        heartbeat.count(copies::plainBytes, source.description().databaseBytes());
        CommitBackup.Moment moment;
        try (HeldSnapshot held = HeldSnapshot.open(run, source.settings(), control, heartbeat)) {
            moment = CommitBackup.Moment.of(held.snapshot());
            heartbeat.phase("globals");
            DumpGlobals.write(run, source, rolePasswords, encryption, copies, control);
            heartbeat.phase("dump");
            DumpData.write(run, source, held.snapshot(), encryption, copies, control);
        } catch (HoldfastException e) {
            throw LockTimeout.explained(e, turn);
        }
        heartbeat.phase("commit");
        List<Manifest.DataStream> streams = copies.commitStreams();
        ManifestDocument manifest = CommitBackup.manifest(run, source, moment,
                recipients.map(Recipients::fingerprints).orElse(List.of()), passwordsNote(source), streams,
                workplace.clock().instant());
        return commit(copies, manifest);
    }

    /** Another worker may have made the same backup meanwhile; then its manifest stands, and it is this request's too. */
    private Event<?> commit(BackupCopies copies, ManifestDocument manifest) {
        control.pointOfNoReturn();
        try {
            copies.commitManifest(manifest);
        } catch (HoldfastException e) {
            Optional<ExistingBackup> others = RunBackup.existing(run, ASK_AGAIN);
            if (others.isPresent()) {
                return events.completed(run, others.get());
            }
            throw e;
        }
        return events.completed(run, manifest, copies.alive(), copies.lost());
    }

    private String passwordsNote(PreflightSource source) {
        if (!run.encrypted()) {
            return "left out: the backup is not encrypted";
        }
        return source.mayReadPasswords() ? "included" : "left out: the user may not read pg_authid";
    }
}
