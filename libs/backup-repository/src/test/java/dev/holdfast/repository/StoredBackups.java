package dev.holdfast.repository;

import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.repository.store.ObjectUpload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Backups written through the library as a worker writes them, with a few bytes in the place of a dump: for tests of
 * what reads manifests and verifications and never data. Not encrypted, one object of {@link #BYTES} bytes.
 */
public final class StoredBackups {

    /** Stored size of each. */
    public static final int BYTES = 1000;

    /** How long each took. */
    public static final Duration TOOK = Duration.ofSeconds(30);

    private final Repository repository;

    public StoredBackups(Repository repository) {
        this.repository = repository;
    }

    /** A scheduled dump of which the snapshot was taken at its fire time. */
    public ManifestDocument add(String alias, Instant fireTime) {
        return add(alias, BackupId.scheduled(alias, "dump", fireTime), fireTime);
    }

    public ManifestDocument add(String alias, BackupId id, Instant snapshotTime) {
        AttemptFolder folder = new AttemptFolder(alias, id, 1, AttemptFolder.newNonce());
        repository.writer().prepare();
        byte[] data = data(folder);
        return repository.writer().commit(ManifestDocument.of(manifest(folder, snapshotTime, data)));
    }

    /** The copy of a backup that another repository holds; its manifest is the same bytes. */
    public ManifestDocument copy(ManifestDocument backup) {
        repository.writer().prepare();
        data(new AttemptFolder(backup.alias(), backup.id(), backup.manifest().attempt(), backup.manifest().nonce()));
        return repository.writer().commit(backup);
    }

    /** An attempt that wrote its data and never committed. */
    public AttemptFolder addWithoutManifest(String alias, Instant fireTime) {
        AttemptFolder folder = new AttemptFolder(alias, BackupId.scheduled(alias, "dump", fireTime), 1, AttemptFolder.newNonce());
        repository.writer().prepare();
        data(folder);
        return folder;
    }

    /** @param outcome verified, refuted or unproven */
    public VerificationDocument verify(ManifestDocument backup, String outcome, String level, Instant endedAt) {
        return add(backup, outcome, level, endedAt, outcome.equals("refuted")
                ? List.of(new Verification.Finding("rows", "public.orders", "10", "9")) : List.of());
    }

    /** @param what the one thing found wrong: rows, key ... */
    public VerificationDocument refute(ManifestDocument backup, String what, Instant endedAt) {
        return add(backup, "refuted", "none", endedAt, List.of(new Verification.Finding(what, "somewhere", "right", "wrong")));
    }

    private VerificationDocument add(ManifestDocument backup, String outcome, String level, Instant endedAt,
            List<Verification.Finding> findings) {
        return repository.verificationWriter().add(backup, new Verification(1, backup.id().toString(), backup.alias(),
                repository.name(), backup.sha256(), outcome, level, endedAt.minusSeconds(5), endedAt, "test", "none",
                findings, findings.size(), outcome.equals("unproven") ? "disk" : null, null, Map.of("restore", 4.0), 4.0,
                new Verification.Counts(1, 10, 0, 5, 0), List.of(), List.of()));
    }

    private byte[] data(AttemptFolder folder) {
        byte[] data = folder.prefix().repeat(BYTES / folder.prefix().length() + 1).substring(0, BYTES)
                .getBytes(StandardCharsets.US_ASCII);
        BackupWriter writer = repository.writer();
        try (ObjectUpload upload = writer.create(folder, folder.data(0, false, false))) {
            upload.write(data, 0, data.length);
            upload.commit();
        }
        return data;
    }

    private static Manifest manifest(AttemptFolder folder, Instant snapshotTime, byte[] data) {
        String sha256 = sha256(data);
        Manifest.Source source = new Manifest.Source("7000000000000000001", folder.alias(), "15.8", 15, "0/1500000", 1, "UTF8",
                "C.UTF-8", "C.UTF-8", "libc", null, 8_000_000, "owner", List.of(), List.of(), List.of(), List.of(), List.of());
        return new Manifest(1, folder.id().toString(), folder.alias(), folder.id().kind(), folder.attempt(), folder.nonce(),
                folder.id().fireTime(), snapshotTime, snapshotTime.plus(TOOK), snapshotTime, source,
                new Manifest.Tool("pg_dump", "15.8", 15), new Manifest.Encryption("none", List.of()),
                List.of(new Manifest.DataStream("data", "pg_dump-custom", "none", data.length, sha256,
                        List.of(new Manifest.Part(folder.data(0, false, false), data.length, sha256)))),
                new Manifest.Request(BackupId.SCHEDULER, folder.id().toString(), "scheduler", "schedule"), Map.of());
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
