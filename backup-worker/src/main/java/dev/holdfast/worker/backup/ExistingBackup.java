package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.logging.LogContext;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup that is there already, because its request was delivered twice: it is told again instead of made again.
 *
 * @param holders repositories that have its manifest
 */
record ExistingBackup(ManifestDocument manifest, List<String> holders) {

    private static final Logger log = LoggerFactory.getLogger(ExistingBackup.class);

    /**
     * Asks all repositories at once. One that can't answer in time counts as not having it: a needless second dump ends at
     * the manifest, which exists once.
     *
     * @throws HoldfastException code {@code backup-id-conflict} where another request made a backup of this id
     */
    static Optional<ExistingBackup> find(String alias, BackupId id, Event<BackupRequested> request,
            List<BackupWriter> writers, Duration within) {
        Map<String, FutureTask<Optional<ManifestDocument>>> asked = new LinkedHashMap<>();
        for (BackupWriter writer : writers) {
            FutureTask<Optional<ManifestDocument>> task = new FutureTask<>(() -> writer.find(alias, id));
            Thread.ofPlatform().daemon().name("find-" + writer.repositoryName()).start(LogContext.carried(task));
            asked.put(writer.repositoryName(), task);
        }
        long end = System.nanoTime() + within.toNanos();
        Map<String, ManifestDocument> found = new LinkedHashMap<>();
        asked.forEach((repository, task) -> answer(repository, task, end).ifPresent(manifest -> found.put(repository, manifest)));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        found.values().forEach(manifest -> requireSameRequest(manifest, request));
        return Optional.of(new ExistingBackup(found.values().iterator().next(), List.copyOf(found.keySet())));
    }

    private static Optional<ManifestDocument> answer(String repository, FutureTask<Optional<ManifestDocument>> task,
            long end) {
        try {
            return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            log.info("Repository {} did not say in time whether it has the backup", repository);
        } catch (ExecutionException e) {
            // A repository that was never written to is the usual case; what ails others, the preflight tells.
            log.debug("Repository {} can't say whether it has the backup", repository, e.getCause());
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static void requireSameRequest(ManifestDocument manifest, Event<BackupRequested> request) {
        Manifest.Request made = manifest.manifest().request();
        if (!made.id().equals(request.id()) || !made.source().equals(request.source())) {
            throw new HoldfastException(FailureKind.PERMANENT, "backup-id-conflict",
                    "Backing up as " + manifest.id() + ": a backup of this id was made for request " + made.id() + " of "
                            + made.source() + ", not for " + request.id() + " of " + request.source(),
                    "Find out why two requests name one backup; the existing one stays as it is.");
        }
    }
}
