package dev.holdfast.worker.backup;

import dev.holdfast.events.Event;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.source.ExportedSnapshot;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.crypto.OpenPgp;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.write.BackupCopies;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.repository.write.Encoding;
import dev.holdfast.service.config.SecretReference;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The steps of one attempt, in order. Whatever fails closes all that was opened, and nothing becomes a backup. */
final class BackupAttempt {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

    private final Run run;
    private final RunControl control;
    private final Heartbeat heartbeat;
    private final Function<SecretReference, Password> secrets;
    private final Supplier<PostgresTools> tools;
    private final Clock clock;
    private final CopySettings copySettings;
    private final BackupEvents events;

    BackupAttempt(Run run, RunControl control, Heartbeat heartbeat, Function<SecretReference, Password> secrets,
            Supplier<PostgresTools> tools, Clock clock, CopySettings copySettings, BackupEvents events) {
        this.run = run;
        this.control = control;
        this.heartbeat = heartbeat;
        this.secrets = secrets;
        this.tools = tools;
        this.clock = clock;
        this.copySettings = copySettings;
        this.events = events;
    }

    /** The event of its completion. */
    Event<?> make() {
        heartbeat.phase("preflight");
        Optional<Recipients> recipients = run.encrypted()
                ? Optional.of(Recipients.read(run.policy().encryption().recipients(), clock))
                : Optional.empty();
        try (PreflightSource source = PreflightSource.open(run, secrets, tools.get(), control, heartbeat);
                BackupCopies copies = new BackupCopies(run.folder(), run.writers(), copySettings)) {
            copies.prepare();
            Optional<ExistingBackup> existing = RunBackup.existing(run, ASK_AGAIN);
            if (existing.isPresent()) {
                return events.completed(run, existing.get());
            }
            return dump(source, copies, recipients);
        }
    }

    private Event<?> dump(PreflightSource source, BackupCopies copies, Optional<Recipients> recipients) {
        Optional<Encoding> encryption = recipients.map(keys -> out -> OpenPgp.encrypt(out, keys));
        boolean rolePasswords = run.encrypted() && source.mayReadPasswords();
        heartbeat.count(copies::plainBytes, source.description().databaseBytes());
        CommitBackup.Moment moment;
        try (ExportedSnapshot snapshot = ExportedSnapshot.open(source.settings(), run.applicationName())) {
            moment = CommitBackup.Moment.of(snapshot);
            heartbeat.phase("globals");
            DumpGlobals.write(run, source, rolePasswords, encryption, copies, control);
            heartbeat.phase("dump");
            DumpData.write(run, source, snapshot, encryption, copies, control);
        }
        heartbeat.phase("commit");
        List<Manifest.DataStream> streams = copies.commitStreams();
        ManifestDocument manifest = CommitBackup.manifest(run, source, moment,
                recipients.map(Recipients::fingerprints).orElse(List.of()), passwordsNote(source), streams,
                clock.instant());
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
