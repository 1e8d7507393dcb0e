package dev.holdfast.retention.prune;

import dev.holdfast.events.BackupExpired;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.retention.plan.Plan;
import java.util.List;
import java.util.Optional;

/**
 * What became of one database and kind in one repository.
 *
 * @param plan     empty where the repository could not be read
 * @param expired  what was deleted, empty for a dry run
 * @param failures what went wrong; the rest was done all the same
 */
public record PruneOutcome(String database, String kind, String repository, Optional<Plan> plan,
        List<BackupExpired> expired, List<HoldfastException> failures) {

    public PruneOutcome {
        expired = List.copyOf(expired);
        failures = List.copyOf(failures);
    }

    public boolean failed() {
        return !failures.isEmpty();
    }
}
