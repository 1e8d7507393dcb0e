package dev.holdfast.cli;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.util.Set;

/** How the command ends; part of its contract (docs/cli.md). */
public enum ExitCode {

    DONE(0),
    FAILED(1),
    USAGE(2),
    REFUSED(3),
    NOT_VERIFIED(4);

    /** What somebody wrote wrongly, as opposed to what went wrong while doing it. */
    private static final Set<String> CONFIGURATION = Set.of("configuration-invalid", "secret-unreadable",
            "secret-out-of-scope", "database-unknown", "delivery-unknown", "subscription-unknown", "repository-unknown",
            "backup-id-invalid", "kafka-not-configured");
    private static final Set<String> REFUSALS = Set.of("retention-disabled", "floor-reached", "never-verified", "unknown-run",
            "run-ended", "run-not-failed", "run-not-repeatable", "run-still-held", "not-paused", "prune-paused");

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The exit code that a failure means. */
    static ExitCode of(HoldfastException failure) {
        if (failure.kind() != FailureKind.BUG && CONFIGURATION.contains(failure.code())) {
            return USAGE;
        }
        if (failure instanceof ProofNotMade) {
            return NOT_VERIFIED;
        }
        return REFUSALS.contains(failure.code()) ? REFUSED : FAILED;
    }
}
