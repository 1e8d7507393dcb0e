package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.manifest.Verification;

import java.util.Set;

/** Adds verifications; the verifier's only way to write. */
public final class VerificationWriter {

    private static final Set<String> OUTCOMES = Set.of("verified", "refuted", "unproven");

    private final Repository repository;

    VerificationWriter(Repository repository) {
        this.repository = repository;
    }

    /**
     * Stores the result under a name of its own.
     *
     * @throws RepositoryException code {@code verification-invalid} (a bug) where it is not about this manifest
     */
    public VerificationDocument add(ManifestDocument manifest, Verification verification) {
        if (!manifest.sha256().equals(verification.manifestSha256())
                || !manifest.alias().equals(verification.database())
                || !manifest.id().toString().equals(verification.backupId())
                || !OUTCOMES.contains(verification.outcome()) || !Proof.LEVELS.contains(verification.level())
                || verification.endedAt() == null) {
            throw new RepositoryException(FailureKind.BUG, "verification-invalid",
                    "the verification of " + manifest + " names another backup or an unknown outcome or level",
                    "report this");
        }
        String key = Layout.verification(manifest.alias(), manifest.id(), verification.endedAt(),
                AttemptFolder.newNonce());
        repository.checkedStore().create(key, SelfChecksum.seal(ManifestJson.write(verification)));
        return new VerificationDocument(key, verification);
    }

    /** Proves that a result could be stored, before hours of work. */
    public void check() {
        repository.checkedStore().check(true);
    }
}
