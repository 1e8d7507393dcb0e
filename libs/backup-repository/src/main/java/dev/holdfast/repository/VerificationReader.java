package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoredObject;

import tools.jackson.core.JacksonException;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What has been proven of a backup. */
public final class VerificationReader {

    private static final int MAX_BYTES = 64 << 20;

    private final Repository repository;

    VerificationReader(Repository repository) {
        this.repository = repository;
    }

    /**
     * The verifications of exactly this manifest, newest first: one that names another digest is not about this backup
     * and is left out. Code {@code verification-corrupt} where one's own checksum does not fit, {@code
     * verification-invalid} where one can't be read.
     */
    public List<VerificationDocument> of(ManifestDocument manifest) {
        ObjectStore store = repository.checkedStore();
        try (Stream<StoredObject> objects = store.list(Layout.verifications(manifest.alias(), manifest.id()))) {
            return objects.filter(object -> object.key().endsWith(".json"))
                    .flatMap(object -> read(store, object.key()).stream())
                    .filter(document -> isOf(manifest, document.verification()))
                    .sorted(Comparator.comparing((VerificationDocument document) -> document.verification().endedAt())
                            .thenComparing(VerificationDocument::key).reversed())
                    .toList();
        }
    }

    /** Where this copy stands against the level that its policy asks for. */
    public Proof proof(ManifestDocument manifest, String level) {
        return proof(of(manifest), level);
    }

    /** As {@link #proof(ManifestDocument, String)}, of verifications that were read already. */
    public static Proof proof(List<VerificationDocument> verifications, String level) {
        return Proof.of(verifications.stream().map(document -> ProofResult.of(document.verification())).toList(), level);
    }

    private boolean isOf(ManifestDocument manifest, Verification verification) {
        return manifest.sha256().equals(verification.manifestSha256())
                && manifest.alias().equals(verification.database())
                && manifest.id().toString().equals(verification.backupId());
    }

    private Optional<VerificationDocument> read(ObjectStore store, String key) {
        return SmallObject.find(store, key, MAX_BYTES).map(bytes -> {
            SelfChecksum.difference(bytes).ifPresent(difference -> {
                throw CorruptObjectException.verification(store.location() + "/" + key, difference);
            });
            try {
                Verification verification = ManifestJson.read(bytes, Verification.class);
                if (verification.formatVersion() > ManifestRules.FORMAT_VERSION || verification.outcome() == null
                        || verification.endedAt() == null) {
                    throw new IllegalArgumentException("no outcome, no end, or a newer format");
                }
                return new VerificationDocument(key, verification);
            } catch (JacksonException | IllegalArgumentException e) {
                throw new RepositoryException(FailureKind.PERMANENT, "verification-invalid",
                        "the verification " + store.location() + "/" + key + " is not readable",
                        "find who wrote it, then delete it and verify the backup again", e);
            }
        });
    }
}
