package dev.holdfast.repository.write;

import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** An attempt to write, the same for every test, and the least manifest that the format takes. */
final class Attempts {

    static final AttemptFolder FOLDER = new AttemptFolder("shop",
            BackupId.scheduled("shop", "dump", Instant.parse("2026-02-03T02:00:00Z")), 1, "0123456789abcdef");

    private Attempts() {
    }

    static BackupCopies open(CopySettings settings, MemoryStore... stores) {
        return new BackupCopies(FOLDER, IntStream.range(0, stores.length)
                .mapToObj(number -> stores[number].writer("repository-" + number)).toList(), settings);
    }

    static ManifestDocument manifest(List<Manifest.DataStream> streams) {
        Instant time = FOLDER.id().fireTime();
        return ManifestDocument.of(new Manifest(1, FOLDER.id().toString(), "shop", "dump", 1, FOLDER.nonce(), time, time,
                time, time,
                new Manifest.Source("1", "shop", "15.1", 15, "0/1", 1, "UTF8", "C", "C", "c", null, 1, "owner", List.of(),
                        List.of(), List.of(), List.of(), List.of()),
                new Manifest.Tool("pg_dump", "15.1", 15), new Manifest.Encryption("none", List.of()), streams,
                new Manifest.Request("/test", "1", null, null), Map.of()));
    }
}
