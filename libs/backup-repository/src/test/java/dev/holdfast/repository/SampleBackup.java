package dev.holdfast.repository;

import com.github.luben.zstd.ZstdOutputStream;

import dev.holdfast.repository.crypto.OpenPgp;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoredObject;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A backup with given content, encoded, split and stored step by step as the format says, with nothing streamed. */
record SampleBackup(AttemptFolder folder, byte[] data, byte[] globals, boolean zstdAround,
        Optional<Recipients> recipients, int partBytes) {

    static final Instant FIRED = Instant.parse("2026-02-03T02:00:00Z");

    static SampleBackup of(String alias, byte[] data) {
        return new SampleBackup(new AttemptFolder(alias, BackupId.scheduled(alias, "dump", FIRED), 1, "0123456789abcdef"),
                data, "CREATE ROLE app;\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), false, Optional.empty(), 10_000);
    }

    SampleBackup firedAt(Instant time) {
        return new SampleBackup(new AttemptFolder(folder.alias(), BackupId.scheduled(folder.alias(), "dump", time), 1,
                folder.nonce()), data, globals, zstdAround, recipients, partBytes);
    }

    SampleBackup attempt(int attempt, String nonce) {
        return new SampleBackup(new AttemptFolder(folder.alias(), folder.id(), attempt, nonce), data, globals, zstdAround,
                recipients, partBytes);
    }

    SampleBackup encoded(boolean zstd, Recipients to) {
        return new SampleBackup(folder, data, globals, zstd, Optional.ofNullable(to), partBytes);
    }

    SampleBackup holding(byte[] otherData, byte[] otherGlobals) {
        return new SampleBackup(folder, otherData, otherGlobals, zstdAround, recipients, partBytes);
    }

    /** Data objects, then the manifest. */
    ManifestDocument storeIn(Repository repository) {
        BackupWriter writer = repository.writer();
        writer.prepare();
        return writer.commit(storeDataIn(repository));
    }

    /** The data objects only; gives the manifest that would make them a backup. */
    ManifestDocument storeDataIn(Repository repository) {
        boolean encrypted = recipients.isPresent();
        byte[] dump = encode(data, zstdAround);
        List<Manifest.Part> parts = new ArrayList<>();
        for (int start = 0; start < Math.max(1, dump.length); start += partBytes) {
            byte[] part = java.util.Arrays.copyOfRange(dump, start, Math.min(dump.length, start + partBytes));
            parts.add(store(repository, folder.data(parts.size(), zstdAround, encrypted), part));
        }
        byte[] roles = encode(globals, true);
        Manifest.Part rolesPart = store(repository, folder.globals(encrypted), roles);
        return ManifestDocument.of(manifest(List.of(
                new Manifest.DataStream("data", "custom", zstdAround ? "zstd" : "none", data.length,
                        Sha256.of(data), parts),
                new Manifest.DataStream("globals", "sql", "zstd", globals.length, Sha256.of(globals),
                        List.of(rolesPart)))));
    }

    private Manifest.Part store(Repository repository, String key, byte[] content) {
        try (ObjectUpload upload = repository.writer().create(folder, key)) {
            upload.write(content, 0, content.length);
            StoredObject stored = upload.commit();
            return new Manifest.Part(key, stored.size(), Sha256.of(content));
        }
    }

    private byte[] encode(byte[] plain, boolean zstd) {
        try {
            ByteArrayOutputStream stored = new ByteArrayOutputStream();
            OutputStream out = stored;
            OutputStream encrypting = null;
            if (recipients.isPresent()) {
                encrypting = OpenPgp.encrypt(stored, recipients.get());
                out = encrypting;
            }
            if (zstd) {
                try (OutputStream compressing = new ZstdOutputStream(out)) {
                    compressing.write(plain);
                }
            } else {
                out.write(plain);
            }
            if (encrypting != null) {
                encrypting.close();
            }
            return stored.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Manifest manifest(List<Manifest.DataStream> streams) {
        Manifest.Source source = new Manifest.Source("7301234567890123456", "Shop \"Ü\"", "15.14", 15, "0/3000148", 1,
                "UTF8", "C.UTF-8", "C.UTF-8", "libc", null, 8_000_000, "app",
                List.of(new Manifest.Extension("plpgsql", "1.0", "pg_catalog")), List.of(), List.of("app"), List.of(),
                List.of());
        BackupId id = folder.id();
        return new Manifest(1, id.toString(), folder.alias(), id.kind(), folder.attempt(), folder.nonce(), id.fireTime(),
                id.fireTime().plusSeconds(1), id.fireTime().plusSeconds(9), id.fireTime().plusSeconds(2), source,
                new Manifest.Tool("pg_dump", "15.14", 15), recipients.map(to -> new Manifest.Encryption("openpgp",
                        to.fingerprints())).orElse(new Manifest.Encryption("none", List.of())), streams,
                new Manifest.Request("scheduler", "request-1", "scheduler", "schedule"),
                Map.of("cron", "0 2 * * *", "zone", "UTC"));
    }
}
