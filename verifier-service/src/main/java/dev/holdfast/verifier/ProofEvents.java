package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.service.ServiceIdentity;
import java.time.Duration;
import java.util.Optional;

/** A proof's result as an event, under an id that is a function of its evidence. */
public final class ProofEvents {

    private static final String REFUTED_NEXT =
            "do not rely on this copy: verify another repository's copy or another backup, then find what the findings have in common";

    private final ServiceIdentity identity;

    public ProofEvents(ServiceIdentity identity) {
        this.identity = identity;
    }

    /** {@code backup.verified}, {@code backup.refuted} or {@code backup.unproven}. */
    public Event<?> of(ManifestDocument manifest, VerificationDocument stored, String correlationId) {
        Verification proof = stored.verification();
        Payload payload = switch (proof.outcome()) {
            case "verified" -> verified(manifest, stored.key(), proof);
            case "refuted" -> refuted(manifest, stored.key(), proof);
            case "unproven" -> unproven(manifest, stored.key(), proof);
            case String other -> throw new IllegalArgumentException("outcome '" + other + "'");
        };
        return identity.event(Event.idFrom("verification", proof.repository(), stored.key()), proof.backupId(), correlationId,
                payload);
    }

    /**
     * Empty for verified. Its id is a function of the evidence, as the result's is.
     *
     * @param standing where the copy stands with this result; an older success may still count
     */
    Optional<Event<AlertRaised>> alert(VerificationDocument stored, Optional<Proof> standing, String correlationId) {
        Verification proof = stored.verification();
        Optional<AlertRaised> alert = switch (proof.outcome()) {
            case "refuted" -> Optional.of(new AlertRaised(proof.database(), "refuted", "critical", proof.backupId(),
                    "the copy in " + proof.repository() + " is not what was dumped: " + proof.findingsTotal()
                            + " findings, the first is " + proof.findings().getFirst().what(), REFUTED_NEXT));
            case "unproven" -> Optional.of(new AlertRaised(proof.database(), "unproven", "warning", proof.backupId(),
                    "the copy in " + proof.repository() + " could not be proven: " + proof.reason() + stillCounts(standing), unprovenNext(proof.reason())));
            case String other -> Optional.empty();
        };
        return alert.map(data -> identity.event(Event.idFrom("alert", proof.outcome(), proof.repository(), stored.key()),
                proof.backupId(), correlationId, data));
    }

    private static String stillCounts(Optional<Proof> standing) {
        return standing.filter(Proof::isVerified).flatMap(Proof::deciding)
                .map(success -> "; it still counts as verified, by the proof of " + success.endedAt()).orElse("");
    }

    private static BackupVerified verified(ManifestDocument manifest, String key, Verification proof) {
        return new BackupVerified(proof.database(), manifest.manifest().kind(), proof.backupId(), proof.repository(),
                proof.level(), manifest.manifest().snapshotTime(), proof.endedAt(),
                Duration.between(proof.startedAt(), proof.endedAt()).toMillis() / 1000.0, proof.restoreSeconds(),
                proof.counts().tables(), proof.counts().rows(), proof.counts().largeObjects(),
                proof.counts().schemaObjects(), proof.counts().assertions(), proof.isolation(), proof.notCompared(), key);
    }

    private static BackupRefuted refuted(ManifestDocument manifest, String key, Verification proof) {
        return new BackupRefuted(proof.database(), manifest.manifest().kind(), proof.backupId(), proof.repository(),
                proof.level(), proof.findings().stream()
                        .map(f -> new BackupRefuted.Finding(f.what(), f.where(), f.expected(), f.found())).toList(),
                proof.findingsTotal(),
                REFUTED_NEXT,
                key);
    }

    private static BackupUnproven unproven(ManifestDocument manifest, String key, Verification proof) {
        return new BackupUnproven(proof.database(), manifest.manifest().kind(), proof.backupId(), proof.repository(),
                proof.level(), proof.reason(), proof.detail(), unprovenNext(proof.reason()), key);
    }

    private static String unprovenNext(String reason) {
        return switch (reason) {
            case "library" -> "install the extension's package on the verifier's machine";
            case "locale" -> "generate the locale on the verifier's machine";
            case "major" -> "install the server and client programs of that PostgreSQL major on the verifier's machine";
            case "disk" -> "free space, or name a larger disk as verifier.scratch";
            case String other -> "look at the verifier's log";
        };
    }
}
