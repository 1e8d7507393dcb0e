package dev.holdfast.scheduler.supervise;

import java.util.List;

/**
 * A run as the log tells it at one moment.
 *
 * @param end     completed, failed, cancelled, verified, unproven, refuted or impossible; null while it goes on
 * @param holders who says that they run it
 */
public record FoundRun(RunKey key, String end, int attempt, List<String> holders) {

    static FoundRun of(SupervisedRun run) {
        return new FoundRun(run.key(), run.end(), run.attempt(), run.claims().stream().map(SupervisedRun.Claim::worker).sorted().toList());
    }
}
