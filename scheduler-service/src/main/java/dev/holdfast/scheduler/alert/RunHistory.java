package dev.holdfast.scheduler.alert;

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
            case BackupAccepted e -> runs.asked(BACKUP, e.backupId(), at);
            case BackupStarted e -> runs.started(BACKUP, e.backupId(), e.attempt(), e.worker(), at);
            case BackupCompleted e -> runs.completed(e.backupId());
            case BackupFailed e when e.backupId() != null -> runs.failed(e, at);
            case VerificationAccepted e -> runs.asked(VERIFICATION, e.backupId(), at);
            case VerificationStarted e -> runs.started(VERIFICATION, e.backupId(), e.attempt(), e.verifier(), at);
            case BackupVerified e -> runs.proven(e.backupId());
            case BackupUnproven e -> runs.proven(e.backupId());
            case BackupRefuted e -> runs.proven(e.backupId());
            case AlertRaised e when SupervisedRuns.endsVerification(e) -> runs.proven(e.about());
            case RunDeferred e -> runs.waits(e.activity(), e.runId(), e.attempt(), e.reason(), at, e.notBefore());
            case RunReleased e -> runs.waits(e.activity(), e.runId(), e.attempt(), e.reason(), at, null);
            case RunCancelled e -> runs.cancelled(e.activity(), e.runId());
            default -> { }
        }
    }

    /** Folds one beat in, told at that time of the broker's clock, and of the lease clock in milliseconds. */
    synchronized void beat(Event<? extends Payload> event, Instant told, long sign) {
        if (event.data() instanceof RunProgressed e && databases.containsKey(e.database())) {
            databases.get(e.database()).progressed(e, told, sign);
        }
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
