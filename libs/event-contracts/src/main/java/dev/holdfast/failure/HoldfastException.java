package dev.holdfast.failure;

import java.util.Objects;

/**
 * A failure with a stable code and the operator's next step. The message says what was being done, to what, and what
 * went wrong; it never holds a secret, a row value or DDL text. Codes are part of the contract: events carry them.
 */
public class HoldfastException extends RuntimeException {

    private final FailureKind kind;
    private final String code;
    private final String nextStep;

    /**
     * @param kind     whether trying again can help
     * @param code     stable, lower case with dashes, for example {@code source-unreachable}
     * @param message  what was being done, to what, and what went wrong
     * @param nextStep what the operator does now
     * @param cause    the cause, or null
     */
    public HoldfastException(FailureKind kind, String code, String message, String nextStep, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.code = Objects.requireNonNull(code, "code");
        this.nextStep = Objects.requireNonNull(nextStep, "nextStep");
    }

    public HoldfastException(FailureKind kind, String code, String message, String nextStep) {
        this(kind, code, message, nextStep, null);
    }

    public FailureKind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String nextStep() {
        return nextStep;
    }
}
