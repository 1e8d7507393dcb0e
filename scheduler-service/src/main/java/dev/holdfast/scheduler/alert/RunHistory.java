package dev.holdfast.scheduler.alert;

import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the log tells of the runs of each database, as far as alerts depend on it. Bears every event twice. */
final class RunHistory {

    static final String BACKUP = "backup";
    static final String VERIFICATION = "verification";

    private final Map<String, DatabaseRuns> databases = new HashMap<>();
    private Instant begun;

    /** Folds one event of the log in. */
    synchronized void apply(Event<? extends Payload> event) {
        Instant at = event.time();
        if (at == null || event.data() == null) {
            return;
        }
        begun = begun == null || at.isBefore(begun) ? at : begun;
        if (event.data().database() == null) {
            return;
        }
        DatabaseRuns runs = databases.computeIfAbsent(event.data().database(), alias -> new DatabaseRuns());
        runs.seen(at);
        switch (event.data()) {
            case BackupAccepted e -> runs.asked(backup(event, e.backupId()), attempt(e.request()), at);
            case BackupStarted e -> runs.started(backup(event, e.backupId()), e.attempt(), e.worker(), at);
            case BackupCompleted e -> runs.completed(backup(event, e.backupId()));
            case BackupFailed e when e.backupId() != null -> runs.failed(backup(event, e.backupId()), e, at);
            case VerificationAccepted e -> runs.asked(proof(event, e.backupId(), e.request() == null ? null : e.request().repository()),
                    attempt(e.request()), at);
            case VerificationStarted e -> runs.started(proof(event, e.backupId(), e.repository()), e.attempt(), e.verifier(), at);
            case BackupVerified e -> runs.proven(proof(event, e.backupId(), e.repository()));
            case BackupUnproven e -> runs.proven(proof(event, e.backupId(), e.repository()));
            case BackupRefuted e -> runs.proven(proof(event, e.backupId(), e.repository()));
            case AlertRaised e when SupervisedRuns.endsVerification(e) -> runs.impossible(proof(event, e.about(), null));
            case RunDeferred e -> runs.waits(which(event, e.activity(), e.runId(), e.repository()), e.attempt(), e.reason(), at, e.notBefore());
            case RunReleased e -> runs.waits(which(event, e.activity(), e.runId(), e.repository()), e.attempt(), e.reason(), at, null);
            case RunCancelled e -> runs.cancelled(which(event, e.activity(), e.runId(), e.repository()));
            default -> { }
        }
    }

    /** Folds one beat in, told at that time of the broker's clock, and of the lease clock in milliseconds. */
    synchronized void beat(Event<? extends Payload> event, Instant told, long sign) {
        if (event.data() instanceof RunProgressed e && databases.containsKey(e.database())) {
            databases.get(e.database()).progressed(which(event, e.activity(), e.runId(), e.repository()), e, told, sign);
        }
    }

    private static OpenRun.Which which(Event<? extends Payload> event, String activity, String runId, String repository) {
        return OpenRun.Which.of(activity, runId, repository, event.correlationId());
    }

    private static OpenRun.Which backup(Event<? extends Payload> event, String backupId) {
        return which(event, BACKUP, backupId, null);
    }

    private static OpenRun.Which proof(Event<? extends Payload> event, String backupId, String repository) {
        return which(event, VERIFICATION, backupId, repository);
    }

    private static int attempt(AcceptedRequest request) {
        return request == null || request.attempt() == null ? 1 : request.attempt();
    }

    /** A copy that nothing changes any more; a database of which the log says nothing has an empty one. */
    synchronized DatabaseRuns of(String database) {
        return Optional.ofNullable(databases.get(database)).map(DatabaseRuns::copy).orElseGet(DatabaseRuns::new);
    }

    /** The time of the log's oldest event. */
    synchronized Optional<Instant> begun() {
        return Optional.ofNullable(begun);
    }

    /** Since when the run waits for its first claim that has waited longest; empty where none does. */
    synchronized Optional<Instant> oldest(String activity) {
        return databases.values().stream().flatMap(runs -> runs.open().stream())
                .filter(run -> run.activity().equals(activity) && run.state() == OpenRun.State.ASKED).map(OpenRun::asked)
                .min(Instant::compareTo);
    }
}
