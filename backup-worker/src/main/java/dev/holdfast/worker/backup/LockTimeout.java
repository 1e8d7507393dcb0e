package dev.holdfast.worker.backup;

import dev.holdfast.failure.HoldfastException;
import java.util.List;

/** A dump that waited too long for a table: its tools don't say for which one, the source's lock table does. */
final class LockTimeout {

    private static final int NAMED = 5;

    private LockTimeout() {
    }

    /** The failure with the tables that are locked now, where it was one of waiting; else the failure itself. */
    static HoldfastException explained(HoldfastException failure, SourceTurn turn) {
        if (!failure.code().equals("lock-timeout")) {
            return failure;
        }
        List<String> locks;
        try {
            locks = turn.probe().exclusiveLocks();
        } catch (HoldfastException e) {
            failure.addSuppressed(e);
            return failure;
        }
        if (locks.isEmpty()) {
            return failure;
        }
        String named = String.join(", ", locks.subList(0, Math.min(NAMED, locks.size())))
                + (locks.size() > NAMED ? " and " + (locks.size() - NAMED) + " more" : "");
        return new HoldfastException(failure.kind(), failure.code(), failure.getMessage() + "; locked exclusively now: " + named,
                "Let that session end (or end it: pg_terminate_backend), move the backup to a quieter hour, or raise lock-wait-timeout.",
                failure);
    }
}
