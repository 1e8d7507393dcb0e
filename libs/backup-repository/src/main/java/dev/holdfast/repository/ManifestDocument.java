package dev.holdfast.repository;

import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.ManifestJson;

/** A manifest with the bytes that it is stored as; their SHA-256 is the backup's digest, which verifications name. */
public final class ManifestDocument {

    private final Manifest manifest;
    private final byte[] bytes;
    private final String sha256;

    private ManifestDocument(Manifest manifest, byte[] bytes) {
        this.manifest = manifest;
        this.bytes = bytes;
        this.sha256 = Sha256.of(bytes);
    }

    /**
     * The document to store.
     *
     * @throws RepositoryException code {@code manifest-invalid} where a rule of the format is broken
     */
    public static ManifestDocument of(Manifest manifest) {
        ManifestRules.check(manifest, manifest.database(), manifest.backupId());
        return new ManifestDocument(manifest, SelfChecksum.seal(ManifestJson.write(manifest)));
    }

    /**
     * Reads stored bytes as the manifest of one backup, trusting nothing in them.
     *
     * @throws RepositoryException code {@code manifest-invalid} or {@code format-too-new}, or as a
     *                             {@link CorruptObjectException} {@code manifest-corrupt} where it is not what was sealed
     */
    public static ManifestDocument parse(byte[] bytes, String alias, BackupId id) {
        return parse(bytes, alias, id, Layout.manifest(alias, id));
    }

    static ManifestDocument parse(byte[] bytes, String alias, BackupId id, String where) {
        Manifest manifest = ManifestRules.parse(bytes, alias, id, where);
        return new ManifestDocument(manifest, bytes.clone());
    }

    public Manifest manifest() {
        return manifest;
    }

    public String alias() {
        return manifest.database();
    }

    public BackupId id() {
        return BackupId.parse(manifest.backupId());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** SHA-256 of the stored bytes in lower-case hex. */
    public String sha256() {
        return sha256;
    }

    /** Bytes stored for all streams, by the manifest. */
    public long storedBytes() {
        return manifest.streams().stream().flatMap(stream -> stream.parts().stream())
                .mapToLong(Manifest.Part::bytes).sum();
    }

    /** The stream of that name ({@code data}, {@code globals}). */
    public Manifest.DataStream stream(String name) {
        return manifest.streams().stream().filter(stream -> stream.name().equals(name)).findFirst()
                .orElseThrow(() -> ManifestRules.invalid(manifest.database(), manifest.backupId(),
                        "it has no stream '" + name + "'", null));
    }

    @Override
    public String toString() {
        return alias() + "/" + id() + "@" + sha256.substring(0, 12);
    }
}
