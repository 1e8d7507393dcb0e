package dev.holdfast.scheduler.catalog;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The runs that the log still tells of, newest known first; the oldest are forgotten beyond {@link #MOST}. */
public final class Runs {

    public static final int MOST = 20_000;

    private static final String BACKUP = "backup";
    private static final String VERIFICATION = "verification";

    private final Map<String, Run> byId = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Run> eldest) {
            return size() > MOST;
        }
    };

    /** What a request has led to; {@code repository} is null for any. */
    private record Proof(String correlationId, String backupId, String repository) {
    }

    private final Map<Proof, Boolean> proven = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Proof, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Folds one event in; those that say nothing about a run change nothing. */
    public synchronized void apply(Event<? extends Payload> event) {
        Instant at = event.time() == null ? Instant.EPOCH : event.time();
        switch (event.data()) {
            case BackupAccepted e -> change(BACKUP, e.database(), e.backupId(), run -> reopened(run, e)
                    .accepted(e.requester(), event.correlationId(), at));
            case BackupStarted e -> change(BACKUP, e.database(), e.backupId(), run -> run.started(e.attempt(), e.worker(), at));
            case BackupCompleted e -> change(BACKUP, e.database(), e.backupId(), run -> run.in("completed", at, null, null));
            case BackupFailed e -> change(BACKUP, e.database(), e.backupId() == null ? event.correlationId() : e.backupId(),
                    run -> run.state().equals("completed") ? run : run.in("failed", at, e.code() + ": " + e.reason(), e.nextStep()));
            case VerificationAccepted e -> change(VERIFICATION, e.database(), e.backupId(),
                    run -> (run.ended() && !isProven(event, e) ? Run.unknown(run.id(), run.database(), VERIFICATION, run.backupId()) : run)
                            .accepted(e.requester(), event.correlationId(), at));
            case VerificationStarted e -> change(VERIFICATION, e.database(), e.backupId(), run -> run.started(e.attempt(), e.verifier(), at));
            case BackupVerified e -> proven(event, e.backupId(), e.repository(), run -> run.in("verified", at, null, null));
            case BackupUnproven e -> proven(event, e.backupId(), e.repository(),
                    run -> run.in("unproven", at, e.reason() + ": " + e.detail(), e.nextStep()));
            case BackupRefuted e -> proven(event, e.backupId(), e.repository(),
                    run -> run.in("refuted", at, e.findingsTotal() + " differences", e.nextStep()));
            case RunDeferred e -> change(e.activity(), e.database(), e.runId(), run -> run.in("deferred", at, e.reason(), null));
            case RunReleased e -> change(e.activity(), e.database(), e.runId(), run -> run.ended() || run.attempt() > e.attempt() ? run // its successor was faster
                    : run.in("released", at, e.reason(), null));
            case RunCancelled e -> change(e.activity(), e.database(), e.runId(), run -> run.ended() ? run
                    : run.in("cancelled", at, "by " + e.requester() + ": " + e.reason(), null));
            case RunProgressed e -> progressed(e);
            case AlertRaised e when SupervisedRuns.endsVerification(e) -> change(VERIFICATION, e.database(), e.about(),
                    run -> run.ended() ? run : run.in("impossible", at, e.reason(), e.nextStep()));
            default -> { }
        }
    }

    private void proven(Event<? extends Payload> event, String backupId, String repository, UnaryOperator<Run> verdict) {
        proven.put(new Proof(event.correlationId(), backupId, repository), true);
        proven.put(new Proof(event.correlationId(), backupId, null), true);
        change(VERIFICATION, event.data().database(), backupId, verdict);
    }

    /** Whether it was accepted late: a verifier waits for no scheduler, so the verdict may have come before. */
    private boolean isProven(Event<? extends Payload> event, VerificationAccepted e) {
        return event.correlationId() != null && proven.containsKey(new Proof(event.correlationId(), e.backupId(),
                e.request() == null ? null : e.request().repository()));
    }

    /** A request that comes twice changes nothing; one for a later attempt begins anew what ended in vain. */
    private static Run reopened(Run run, BackupAccepted e) {
        int attempt = e.request() == null || e.request().attempt() == null ? 1 : e.request().attempt();
        boolean inVain = run.state().equals("failed") || run.state().equals("cancelled");
        return inVain && attempt > run.attempt() ? run.again(attempt) : run;
    }

    /** Newest first; a null database or state means any. */
    public synchronized List<Run> list(String database, String state) {
        return byId.values().stream().filter(run -> database == null || database.equals(run.database()))
                .filter(run -> state == null || state.equals(run.state()))
                .sorted(Comparator.comparing(Run::stateSince, Comparator.nullsFirst(Comparator.naturalOrder()))
                        .thenComparing(Run::id).reversed()).toList();
    }

    public synchronized Optional<Run> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The backup run that a request led to. */
    public synchronized Optional<Run> ofRequest(String database, String requestId) {
        return byId.values().stream().filter(run -> run.activity().equals(BACKUP) && run.database().equals(database)
                && requestId.equals(run.requestId())).findFirst();
    }

    private void progressed(RunProgressed e) {
        Run run = byId.get(id(e.activity(), e.runId()));
        if (run != null && !run.ended()) {
            byId.put(run.id(), run.at(new Run.Progress(e.phase(), e.bytes(), e.totalBytes(), e.bytesPerSecond())));
        }
    }

    private void change(String activity, String database, String backupId, UnaryOperator<Run> change) {
        String id = id(activity, backupId);
        Run run = byId.getOrDefault(id, Run.unknown(id, database, activity, backupId));
        byId.put(id, change.apply(run));
    }

    private static String id(String activity, String backupId) {
        return activity.equals(VERIFICATION) && !backupId.endsWith("." + VERIFICATION) ? backupId + "." + VERIFICATION : backupId;
    }
}
