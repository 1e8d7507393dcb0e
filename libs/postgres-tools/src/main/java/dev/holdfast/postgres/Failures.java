package dev.holdfast.postgres;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/** The failures that several parts of this library tell alike, so that one cause has one code. */
public final class Failures {

    private Failures() {
    }

    public static HoldfastException permanent(String code, String message, String nextStep) {
        return new HoldfastException(FailureKind.PERMANENT, code, message, nextStep);
    }

    public static HoldfastException retriable(String code, String message, String nextStep, Throwable cause) {
        return new HoldfastException(FailureKind.RETRIABLE, code, message, nextStep, cause);
    }

    public static HoldfastException sourceUnreachable(String message, Throwable cause) {
        return retriable("source-unreachable", message,
                "Check that the server runs and that host, port, TLS mode and pg_hba.conf let this machine in.", cause);
    }

    public static HoldfastException sourceAuthFailed(String message, Throwable cause) {
        return new HoldfastException(FailureKind.PERMANENT, "source-auth-failed", message,
                "Correct the user or the password reference of this database in the configuration.", cause);
    }

    public static HoldfastException databaseMissing(String message, Throwable cause) {
        return new HoldfastException(FailureKind.PERMANENT, "database-missing", message,
                "Correct the database's name in the configuration, or create the database.", cause);
    }
}
