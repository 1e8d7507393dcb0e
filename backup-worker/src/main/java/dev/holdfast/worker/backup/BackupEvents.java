package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunReleased;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.write.LostCopy;
import dev.holdfast.service.ServiceIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** What a run tells, under ids that are a function of what happened: telling it twice is telling it once. */
final class BackupEvents {

    private static final Set<String> NAMES_NO_BACKUP = Set.of("request-invalid", "time-out-of-range", "backup-id-conflict");

    private final ServiceIdentity identity;

    BackupEvents(ServiceIdentity identity) {
        this.identity = identity;
    }

    Event<?> started(Run run) {
        return event(Event.idFrom("backup.started", run.folder().prefix()), run, new BackupStarted(run.alias(),
                run.id().kind(), run.id().toString(), run.attempt(), run.folder().nonce(), identity.instance()));
    }

    Event<?> completed(Run run, ManifestDocument manifest, List<String> holders, List<LostCopy> lost) {
        return told(run, manifest, holders, lost.stream().map(copy -> new BackupCompleted.LostCopy(copy.repository(),
                copy.failure().code(), copy.failure().getMessage())).toList());
    }

    /** From the manifest of a backup that was found; why a repository lacks its copy is not known any more. */
    Event<?> completed(Run run, ExistingBackup existing) {
        List<BackupCompleted.LostCopy> missing = run.writers().stream().map(writer -> writer.repositoryName())
                .filter(name -> !existing.holders().contains(name))
                .map(name -> new BackupCompleted.LostCopy(name, "copy-missing",
                        "When the request was delivered again, the repository did not show the backup"))
                .toList();
        return told(run, existing.manifest(), existing.holders(), missing);
    }

    private Event<?> told(Run run, ManifestDocument document, List<String> holders,
            List<BackupCompleted.LostCopy> lost) {
        Manifest manifest = document.manifest();
        long plain = manifest.streams().stream().mapToLong(Manifest.DataStream::plainBytes).sum();
        List<BackupCompleted.Copy> copies =
                holders.stream().map(name -> new BackupCompleted.Copy(name, document.storedBytes())).toList();
        return event(Event.idFrom("backup.completed", run.alias(), run.id().toString(), document.sha256()), run,
                new BackupCompleted(run.alias(), manifest.kind(), manifest.backupId(), manifest.attempt(),
                        manifest.startedAt(), manifest.endedAt(), manifest.snapshotTime(), plain,
                        document.storedBytes(), manifest.encryption().method().equals("openpgp"),
                        manifest.source().serverVersion(), document.sha256(), copies, lost));
    }

    /** @param failures of the run so far, this attempt's own included */
    Event<?> deferred(Run run, String reason, Instant notBefore, int failures) {
        return event(Event.idFrom("run.deferred", run.folder().prefix()), run, new RunDeferred(run.alias(), run.id().toString(),
                "backup", run.attempt(), reason, notBefore, run.folder().nonce(), null, failures));
    }

    Event<?> released(Run run, String reason) {
        return event(Event.idFrom("run.released", run.folder().prefix()), run, new RunReleased(run.alias(),
                run.id().toString(), "backup", run.attempt(), reason, run.folder().nonce(), null, run.failures()));
    }

    Event<?> cancelled(Run run, RunCancelling wanted) {
        return event(Event.idFrom("run.cancelled", run.folder().prefix()), run, new RunCancelled(run.alias(),
                run.id().toString(), "backup", run.attempt(), run.folder().nonce(), null, wanted.requester(), wanted.reason()));
    }

    Event<?> failed(Run run, String phase, HoldfastException e) {
        return event(Event.idFrom("backup.failed", run.folder().prefix()), run, failure(run.alias(), run.id().kind(),
                run.id().toString(), run.attempt(), phase, e));
    }

    /**
     * The request never became a run.
     *
     * @param known whether the database is configured, so that the request names a backup; one of that id which another
     *              request made is not the backup that failed
     */
    Event<?> refused(Event<BackupRequested> request, boolean known, HoldfastException e) {
        BackupRequested asked = request.data();
        String kind = Objects.requireNonNullElse(asked.kind(), ClaimRequest.KIND);
        boolean named = known && !NAMES_NO_BACKUP.contains(e.code());
        String backupId = named ? BackupId.of(request).toString() : null;
        int attempt = named ? Objects.requireNonNullElse(asked.attempt(), 1) : 0;
        return identity.event(Event.idFrom("backup.refused", request.source(), request.id(), Integer.toString(attempt)),
                backupId, request.correlationId(), failure(asked.database(), kind, backupId, attempt, "claim", e));
    }

    private static BackupFailed failure(String alias, String kind, String backupId, int attempt, String phase,
            HoldfastException e) {
        return new BackupFailed(alias, kind, backupId, attempt, phase, e.kind().name().toLowerCase(Locale.ROOT), e.code(),
                e.getMessage(), e.nextStep());
    }

    private <P extends Payload> Event<P> event(String id, Run run, P data) {
        return identity.event(id, run.id().toString(), run.request().correlationId(), data);
    }
}
