package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Manifest.DataStream;
import dev.holdfast.restore.ArchiveRestore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** One copy under proof, with what is to be shown of it and what was found so far. */
final class Subject {

    private final Repository repository;
    private final ManifestDocument document;
    private final ProofOrder order;
    private final ProofProgress progress;
    private final Evidence evidence;
    private SecretKeys keys = SecretKeys.none();

    Subject(Repository repository, ManifestDocument document, ProofOrder order, ProofProgress progress,
            Evidence evidence) {
        this.repository = repository;
        this.document = document;
        this.order = order;
        this.progress = progress;
        this.evidence = evidence;
    }

    /** The same, with nothing found yet. */
    Subject again() {
        return new Subject(repository, document, order, progress, evidence.again());
    }

    Repository repository() {
        return repository;
    }

    ManifestDocument document() {
        return document;
    }

    Manifest manifest() {
        return document.manifest();
    }

    ProofOrder order() {
        return order;
    }

    Evidence evidence() {
        return evidence;
    }

    boolean isEncrypted() {
        return !manifest().encryption().method().equals("none");
    }

    void unlock(SecretKeys opened) {
        keys = opened;
    }

    /** What the program wrote, checked to its end; the caller closes it. */
    InputStream open(String stream) {
        return repository.reader().openPlain(document, stream(stream), keys);
    }

    /** All there are; a manifest without one of the streams that a restore needs is a defect, not less to check. */
    List<DataStream> streams() {
        stream("globals");
        stream("data");
        return manifest().streams();
    }

    /** A table of contents for pg_restore inside the scratch cluster, without what fills materialized views. */
    Path entriesWithoutRefreshing(ScratchCluster cluster) {
        Path entries = cluster.inbox().resolve("entries");
        try (InputStream data = open("data")) {
            new ArchiveRestore(cluster::start).entriesWithoutRefreshing(data, entries);
            Files.setPosixFilePermissions(entries, PosixFilePermissions.fromString("rw-r--r--"));
            return entries;
        } catch (IOException e) {
            throw ProveBackup.unreadable(e);
        }
    }

    long plainBytes() {
        return manifest().streams().stream().mapToLong(DataStream::plainBytes).sum();
    }

    /** Reports a phase that counts nothing. */
    void at(String phase) {
        progress.at(phase, 0, 0);
    }

    /** Adds up and reports. */
    LongConsumer counting(String phase, long total) {
        AtomicLong sum = new AtomicLong();
        progress.at(phase, 0, total);
        return bytes -> progress.at(phase, sum.addAndGet(bytes), total);
    }

    private DataStream stream(String name) {
        return manifest().streams().stream().filter(stream -> stream.name().equals(name)).findFirst()
                .orElseThrow(() -> Defect.of("stream", name, "a stream of that name in the manifest", "none", null));
    }
}
