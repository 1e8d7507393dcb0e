package dev.holdfast.repository.manifest;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a backup is and what its restore needs; written last, once per repository, byte-identical in all.
 * Field meanings and units are in {@code docs/repository-format.md}.
 */
public record Manifest(int formatVersion, String backupId, String database, String kind, int attempt, String nonce,
        Instant fireTime, Instant startedAt, Instant endedAt, Instant snapshotTime, Source source, Tool tool,
        Encryption encryption, List<DataStream> streams, Request request, Map<String, String> policy) {

    /** The server and database that were dumped. {@code lsn} and {@code timeline} as of the snapshot. */
    public record Source(String systemIdentifier, String databaseName, String serverVersion, int serverMajor, String lsn,
            int timeline, String encoding, String collate, String ctype, String localeProvider, String collationVersion,
            long databaseBytes, String owner, List<Extension> extensions, List<String> preloadLibraries,
            List<String> roles, List<String> tablespaces, List<String> settings) {
    }

    public record Extension(String name, String version, String schema) {
    }

    /** The dump program: name, full version and major. */
    public record Tool(String name, String version, int major) {
    }

    /** {@code method} is openpgp or none; {@code recipients} are full fingerprints in upper-case hex. */
    public record Encryption(String method, List<String> recipients) {
    }

    /**
     * One logical stream: {@code data} (pg_dump custom format) or {@code globals} (SQL). {@code compression} is
     * {@code zstd} (around it), {@code zstd-inside}, {@code gzip-inside} or {@code none}. Plain size and checksum are
     * of what the program wrote, before compression around it and encryption. SHA-256 in lower-case hex.
     */
    public record DataStream(String name, String format, String compression, long plainBytes, String plainSha256,
            List<Part> parts) {
    }

    /** One stored object under its full key; parts joined in order by {@code cat} are the stored stream. */
    public record Part(String key, long bytes, String sha256) {
    }

    public record Request(String source, String id, String requester, String reason) {
    }
}
