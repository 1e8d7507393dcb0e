package dev.holdfast.cli.catalog;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupCatalog;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads the repositories. What can't be read is collected, so that one broken copy doesn't hide the others. */
public final class ReadBackups {

    /** Worst first: a refuted copy is what an operator must see. */
    private static final List<String> STATES = List.of("refuted", "verified", "unproven", "unverified");

    private final Collection<Repository> repositories;
    private final List<HoldfastException> failures = new ArrayList<>();

    public ReadBackups(Collection<Repository> repositories) {
        this.repositories = repositories.stream().sorted(Comparator.comparing(Repository::name)).toList();
    }

    /** What went wrong so far; the results lack it. */
    public List<HoldfastException> failures() {
        return List.copyOf(failures);
    }

    /** The backups of one database, or of all, by database and newest first. */
    public List<BackupEntry> list(Optional<String> database) {
        Map<String, List<Found>> byBackup = new LinkedHashMap<>();
        for (Repository repository : repositories) {
            for (Found found : in(repository, database)) {
                byBackup.computeIfAbsent(found.document().alias() + "/" + found.document().id(), key -> new ArrayList<>())
                        .add(found);
            }
        }
        return byBackup.values().stream().map(ReadBackups::entry)
                .sorted(Comparator.comparing(BackupEntry::database)
                        .thenComparing(Comparator.comparing(BackupEntry::snapshotTime).reversed())
                        .thenComparing(BackupEntry::backupId))
                .toList();
    }

    /** @throws HoldfastException code {@code backup-missing} where no repository holds it */
    public BackupDetails show(BackupId id) {
        List<Found> found = new ArrayList<>();
        for (Repository repository : repositories) {
            reading(repository, () -> {
                BackupCatalog catalog = repository.catalog();
                catalog.aliasOf(id).flatMap(alias -> catalog.find(alias, id))
                        .ifPresent(document -> found.add(read(repository, document)));
            });
        }
        if (found.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "backup-missing", "looking for backup " + id + ": none of "
                    + repositories + " holds it", "holdfast list shows what there is");
        }
        ManifestDocument document = found.getFirst().document();
        return new BackupDetails(entry(found), document.sha256(), document.manifest(),
                found.stream().flatMap(copy -> copy.verifications().stream()).map(VerificationDocument::verification).toList());
    }

    private List<Found> in(Repository repository, Optional<String> database) {
        List<Found> found = new ArrayList<>();
        reading(repository, () -> {
            BackupCatalog catalog = repository.catalog();
            for (String alias : database.map(List::of).orElseGet(catalog::aliases)) {
                for (BackupId id : catalog.backups(alias)) {
                    reading(repository, () -> catalog.find(alias, id)
                            .ifPresent(document -> found.add(read(repository, document))));
                }
            }
        });
        return found;
    }

    private void reading(Repository repository, Runnable step) {
        try {
            if (repository.exists()) {
                step.run();
            }
        } catch (HoldfastException e) {
            failures.add(e);
        }
    }

    private Found read(Repository repository, ManifestDocument document) {
        List<VerificationDocument> verifications = repository.verifications().of(document);
        return new Found(repository, document, verifications, repository.verifications().deciding(document));
    }

    private static BackupEntry entry(List<Found> copies) {
        Manifest manifest = copies.getFirst().document().manifest();
        List<BackupEntry.Copy> told = copies.stream().map(Found::copy).toList();
        String state = STATES.stream().filter(worse -> told.stream().anyMatch(copy -> copy.state().equals(worse)))
                .findFirst().orElseThrow();
        Optional<Verification> deciding = copies.stream().flatMap(copy -> copy.deciding().stream())
                .map(VerificationDocument::verification).filter(one -> one.outcome().equals(state))
                .max(Comparator.comparing(Verification::endedAt));
        return new BackupEntry(manifest.database(), manifest.backupId(), manifest.kind(), manifest.snapshotTime(),
                manifest.endedAt(), Duration.between(manifest.startedAt(), manifest.endedAt()).toMillis() / 1000.0,
                manifest.streams().stream().mapToLong(Manifest.DataStream::plainBytes).sum(),
                copies.getFirst().document().storedBytes(), !manifest.encryption().method().equals("none"), state,
                deciding.map(Verification::level).orElse(null),
                deciding.map(Verification::restoreSeconds).filter(Objects::nonNull).orElse(null), told);
    }

    private record Found(Repository repository, ManifestDocument document, List<VerificationDocument> verifications,
            Optional<VerificationDocument> deciding) {

        BackupEntry.Copy copy() {
            Optional<Verification> proof = deciding.map(VerificationDocument::verification);
            return new BackupEntry.Copy(repository.name(), repository.location(),
                    proof.map(Verification::outcome).orElse("unverified"), proof.map(Verification::level).orElse(null),
                    proof.map(Verification::endedAt).orElse(null));
        }
    }
}
