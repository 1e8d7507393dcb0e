package dev.holdfast.worker.backup;

/** Whether a run may go on at its source now. */
sealed interface Turn {

    record Taken() implements Turn {
    }

    /** Another run, of this database or of its cluster, is at it. */
    record NotNow(String reason) implements Turn {
    }

    /** Another claim makes this very backup. */
    record Duplicate(String reason) implements Turn {
    }
}
