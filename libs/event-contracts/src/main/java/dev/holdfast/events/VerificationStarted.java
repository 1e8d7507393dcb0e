package dev.holdfast.events;

/** A prover claimed the verification. */
public record VerificationStarted(String database, String backupId, String repository, String level, int attempt, String nonce,
        String verifier) implements Payload {
}
