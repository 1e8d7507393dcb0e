package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;

/** A store could not do what was asked. */
public class StoreException extends HoldfastException {

    public StoreException(FailureKind kind, String code, String message, String nextStep, Throwable cause) {
        super(kind, code, message, nextStep, cause);
    }
}
