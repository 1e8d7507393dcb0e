package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.ManifestJson;

import tools.jackson.core.JacksonException;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** What a manifest must hold before anything acts on it: whoever can write into a repository can write a manifest. */
final class ManifestRules {

    static final int FORMAT_VERSION = 1;
    /** A manifest lists at most some thousand parts and names; anything beyond was not written by us. */
    static final int MAX_BYTES = 16 << 20;

    private static final long MAX_OBJECT = 1L << 50;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> COMPRESSIONS = Set.of("zstd", "zstd-inside", "gzip-inside", "none");

    private ManifestRules() {
    }

    /** @param where key or address, for the message */
    static Manifest parse(byte[] bytes, String alias, BackupId id, String where) {
        SelfChecksum.difference(bytes).ifPresent(difference -> {
            if (difference.found().equals(SelfChecksum.NONE)) {
                requireVersion(versionOf(bytes), alias, id.toString());
            }
            throw CorruptObjectException.manifest(where, difference);
        });
        Manifest manifest;
        try {
            manifest = ManifestJson.read(bytes, Manifest.class);
        } catch (JacksonException | IllegalArgumentException e) {
            throw invalid(alias, id.toString(), "it is not a JSON document of the expected form", e);
        }
        check(manifest, alias, id.toString());
        return manifest;
    }

    static void check(Manifest manifest, String alias, String id) {
        requireVersion(manifest.formatVersion(), alias, id);
        Check check = new Check(alias, id);
        check.that(manifest.formatVersion() == FORMAT_VERSION, "its format version is " + manifest.formatVersion());
        check.that(alias != null && Layout.isAlias(alias), "'" + alias + "' is not a database alias");
        check.that(Objects.equals(manifest.database(), alias), "it is of database '" + manifest.database() + "'");
        check.that(Objects.equals(manifest.backupId(), id), "it is of backup '" + manifest.backupId() + "'");
        check.that(manifest.source() != null && manifest.tool() != null && manifest.snapshotTime() != null
                && manifest.fireTime() != null, "source, tool, snapshotTime or fireTime is missing");
        checkEncryption(check, manifest.encryption());
        checkStreams(check, manifest, BackupId.parse(id));
    }

    private static void requireVersion(int version, String alias, String id) {
        if (version > FORMAT_VERSION) {
            throw new RepositoryException(FailureKind.PERMANENT, "format-too-new",
                    "the manifest of " + alias + "/" + id + " has format version " + version
                            + ", this program reads up to " + FORMAT_VERSION, "use a newer Holdfast");
        }
    }

    /** A newer format may seal its documents in another way: its version is said before its checksum is missed. */
    private static int versionOf(byte[] bytes) {
        try {
            return ManifestJson.read(bytes, Versioned.class).formatVersion();
        } catch (JacksonException | IllegalArgumentException e) {
            return FORMAT_VERSION;
        }
    }

    private record Versioned(int formatVersion) {
    }

    private static void checkEncryption(Check check, Manifest.Encryption encryption) {
        check.that(encryption != null && encryption.method() != null && encryption.recipients() != null,
                "encryption is missing");
        switch (encryption.method()) {
            case "openpgp" -> check.that(!encryption.recipients().isEmpty(), "it is encrypted to nobody");
            case "none" -> check.that(encryption.recipients().isEmpty(), "unencrypted, but it names recipients");
            default -> check.that(false, "its encryption method is '" + encryption.method() + "'");
        }
    }

    private static void checkStreams(Check check, Manifest manifest, BackupId id) {
        List<Manifest.DataStream> streams = manifest.streams();
        check.that(streams != null && !streams.isEmpty(), "it has no streams");
        Set<String> names = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (Manifest.DataStream stream : streams) {
            check.that(stream != null && stream.name() != null && names.add(stream.name()),
                    "a stream has no name of its own");
            check.that(stream.compression() != null && COMPRESSIONS.contains(stream.compression()),
                    "the compression of '" + stream.name() + "' is '" + stream.compression() + "'");
            check.that(size(stream.plainBytes()) && sha256(stream.plainSha256()),
                    "plain size or checksum of '" + stream.name() + "' is not one");
            check.that(stream.parts() != null && !stream.parts().isEmpty(), "'" + stream.name() + "' has no parts");
            for (Manifest.Part part : stream.parts()) {
                check.that(part != null && part.key() != null && Layout.isData(manifest.database(), id, part.key()),
                        "'" + stream.name() + "' names a key outside this backup");
                check.that(keys.add(part.key()), "it names " + part.key() + " twice");
                check.that(size(part.bytes()) && sha256(part.sha256()),
                        "size or checksum of " + part.key() + " is not one");
            }
        }
        check.that(names.contains("data"), "it has no stream 'data'");
    }

    private static boolean size(long bytes) {
        return bytes >= 0 && bytes <= MAX_OBJECT;
    }

    private static boolean sha256(String text) {
        return text != null && SHA256.matcher(text).matches();
    }

    static RepositoryException invalid(String alias, String id, String why, Throwable cause) {
        return new RepositoryException(FailureKind.PERMANENT, "manifest-invalid",
                "the manifest of " + alias + "/" + id + " is refused: " + why,
                "nothing of this backup is used: compare it with another repository's copy and find who wrote it",
                cause);
    }

    private record Check(String alias, String id) {

        void that(boolean holds, String why) {
            if (!holds) {
                throw invalid(alias, id, why, null);
            }
        }
    }
}
