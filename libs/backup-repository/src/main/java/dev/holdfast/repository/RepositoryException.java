package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/** A repository does not hold what was asked of it, or holds what may not be there. */
public class RepositoryException extends HoldfastException {

    public RepositoryException(FailureKind kind, String code, String message, String nextStep) {
        this(kind, code, message, nextStep, null);
    }

    public RepositoryException(FailureKind kind, String code, String message, String nextStep, Throwable cause) {
        super(kind, code, message, nextStep, cause);
    }
}
