package dev.holdfast.cli;

import dev.holdfast.failure.HoldfastException;

/** A proof that ended without a result; kind, code and words are those of what stood in its way. */
final class ProofNotMade extends HoldfastException {

    private ProofNotMade(HoldfastException failure) {
        super(failure.kind(), failure.code(), failure.getMessage(), failure.nextStep(), failure);
    }

    /** A mistake in the configuration stays one: its exit code says more. */
    static HoldfastException because(HoldfastException failure) {
        return ExitCode.of(failure) == ExitCode.FAILED ? new ProofNotMade(failure) : failure;
    }
}
