package dev.holdfast.scheduler.control;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.supervise.FoundRun;
import dev.holdfast.scheduler.supervise.SupervisedRuns;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what to publish so that a run ends, or is tried once more, or why that can't be. Publishes nothing: the command line
 * and the API do that, each in its own name.
 */
public final class ControlRuns {

    private static final Set<String> IN_VAIN = Set.of("failed", "cancelled", "impossible");

    private final SupervisedRuns runs;
    private final Map<String, HoldfastConfig.Database> databases;

    /** @param runs must be current */
    public ControlRuns(SupervisedRuns runs, Map<String, HoldfastConfig.Database> databases) {
        this.runs = runs;
        this.databases = databases;
    }

    /**
     * One for each run that is meant and goes on.
     *
     * @param runId a backup's id, with {@code .verification} behind it for its proofs
     * @throws HoldfastException code {@code unknown-run} or {@code run-ended}
     */
    public List<RunCancelling> cancel(String runId, String requester, String reason) {
        List<FoundRun> found = found("cancelling", runId);
        List<RunCancelling> wishes = found.stream().filter(run -> run.end() == null).map(run -> new RunCancelling(run.key().database(),
                run.key().backupId(), run.key().activity(), repository(run), requester, reason)).toList();
        if (wishes.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "run-ended", "cancelling the run " + runId + ": it is over already ("
                    + found.getFirst().end() + ")", "nothing is left to cancel; holdfast status tells what runs");
        }
        return wishes;
    }

    /**
     * The run's own request for the next attempt, in the name of whoever asks now, with no failures and a new deadline.
     *
     * @throws HoldfastException code {@code unknown-run}, {@code run-not-failed}, {@code run-not-repeatable},
     *                           {@code unknown-database} or, retriable, {@code run-still-held}
     */
    public Event<? extends Payload> retry(String runId, String requester, String reason, Instant now) {
        List<FoundRun> found = found("retrying", runId);
        FoundRun run = found.stream().filter(one -> one.end() != null && IN_VAIN.contains(one.end())).findFirst()
                .orElseThrow(() -> notFailed(runId, found.getFirst()));
        if (!run.holders().isEmpty()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "run-still-held", "retrying the run " + runId + ": it is "
                    + run.end() + ", and " + run.holders() + " has not let go of it yet", "try again in a moment");
        }
        HoldfastConfig.Database database = databases.get(run.key().database());
        if (database == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-database", "retrying the run " + runId + ": no database has the alias '"
                    + run.key().database() + "' any more", "add it to holdfast.yml");
        }
        Duration time = database.deadline();
        return runs.again(run.key(), requester, reason, run.key().isBackup() ? now.truncatedTo(ChronoUnit.SECONDS).plus(time) : null)
                .orElseThrow(() -> new HoldfastException(FailureKind.PERMANENT, "run-not-repeatable", "retrying the run " + runId
                        + ": the log does not say any more what was asked for", "ask anew: holdfast backup " + run.key().database()));
    }

    /** That of a request. */
    public static int attempt(Event<? extends Payload> request) {
        return switch (request.data()) {
            case BackupRequested asked -> asked.attempt();
            case VerificationRequested asked -> asked.attempt();
            default -> throw new IllegalArgumentException(request.type() + " is no request");
        };
    }

    private static HoldfastException notFailed(String runId, FoundRun run) {
        String next = run.end() == null ? "wait for its end, or end it: holdfast cancel " + runId : run.key().isBackup()
                ? "for another backup: holdfast backup " + run.key().database()
                : "for another proof: holdfast verify " + run.key().backupId();
        return new HoldfastException(FailureKind.PERMANENT, "run-not-failed", "retrying the run " + runId + ": it "
                + (run.end() == null ? "goes on" : "is " + run.end()) + ", and only one that failed is tried again", next);
    }

    private List<FoundRun> found(String doing, String runId) {
        List<FoundRun> found = runs.find(runId);
        if (found.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-run", doing + " a run: none is known by the id '" + runId + "'",
                    "a run is named by its backup's id, its proof by that and .verification; holdfast status tells what runs and what failed");
        }
        return found;
    }

    private static String repository(FoundRun run) {
        return run.key().repository().isEmpty() ? null : run.key().repository();
    }
}
