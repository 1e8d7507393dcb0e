package dev.holdfast.verifier.prove;

/** Told how far a proof is; called often and from more than one thread. */
@FunctionalInterface
public interface ProofProgress {

    /**
     * @param phase      checksum, archive, restore or compare
     * @param bytes      plain bytes of the phase so far
     * @param totalBytes of the phase
     */
    void at(String phase, long bytes, long totalBytes);

    /** A verdict was found and is stored next, unless this throws. Called once, on the thread that proves. */
    default void found() {
    }
}
