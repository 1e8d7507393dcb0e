package dev.holdfast.repository;

import dev.holdfast.repository.manifest.Verification;

import java.time.Instant;

/**
 * What one verification contributes to a {@link Proof}, without its evidence.
 *
 * @param outcome        verified, refuted or unproven
 * @param level          the level reached; {@code none} to {@code equal}
 * @param restoreSeconds how long the restore took, or null
 * @param detail         in a few words what was found or stood in the way, or null
 */
public record ProofResult(String outcome, String level, Instant endedAt, Double restoreSeconds, String detail) {

    /** The result of a stored verification. */
    public static ProofResult of(Verification verification) {
        return new ProofResult(verification.outcome(), verification.level(), verification.endedAt(),
                verification.restoreSeconds(), switch (verification.outcome()) {
                    case "refuted" -> verification.findingsTotal() + " differences in " + verification.repository();
                    case "unproven" -> verification.reason() + ": " + verification.detail();
                    default -> null;
                });
    }
}
