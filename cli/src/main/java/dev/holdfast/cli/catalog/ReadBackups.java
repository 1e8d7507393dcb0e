package dev.holdfast.cli.catalog;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupCatalog;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.VerificationReader;
import dev.holdfast.repository.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads the repositories. What can't be read is collected, so that one broken copy doesn't hide the others. */
public final class ReadBackups {

    /** Worst first: the copy that is worst off is what an operator must see. */
    private static final List<String> STATES = List.of("refuted", "unproven", "unverified", "verified");

    private final Collection<Repository> repositories;
    private final UnaryOperator<String> level;
    private final List<HoldfastException> failures = new ArrayList<>();

    /** @param level what the policy of a database, by alias, calls verified */
    public ReadBackups(Collection<Repository> repositories, UnaryOperator<String> level) {
        this.level = level;
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
        return byBackup.values().stream().map(this::entry)
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
        return new Found(repository, document, verifications, VerificationReader.proof(verifications, level.apply(document.alias())));
    }

    /** What was proven of one of two manifests is nothing that the backup's id could stand for. */
    private List<Found> agreeing(List<Found> copies) {
        if (copies.stream().map(found -> found.document().sha256()).distinct().count() < 2) {
            return copies;
        }
        failures.add(new HoldfastException(FailureKind.PERMANENT, "manifest-conflict", "the manifests of backup "
                + copies.getFirst().document().id() + " in " + copies.stream().map(Found::repository).toList() + " differ",
                "do not restore it before you know which one the worker wrote; make a new backup"));
        Proof none = new Proof(Proof.State.UNPROVEN, Optional.of(new ProofResult("unproven", "none",
                copies.getFirst().document().manifest().endedAt(), null, "manifest-conflict")));
        return copies.stream().map(copy -> new Found(copy.repository(), copy.document(), copy.verifications(), none)).toList();
    }

    private BackupEntry entry(List<Found> found) {
        List<Found> copies = agreeing(found);
        Manifest manifest = copies.getFirst().document().manifest();
        List<BackupEntry.Copy> told = copies.stream().map(Found::copy).toList();
        String state = STATES.stream().filter(worse -> told.stream().anyMatch(copy -> copy.state().equals(worse)))
                .findFirst().orElseThrow();
        Optional<ProofResult> deciding = copies.stream().filter(copy -> copy.state().equals(state))
                .flatMap(copy -> copy.proof().deciding().stream()).max(Comparator.comparing(ProofResult::endedAt));
        return new BackupEntry(manifest.database(), manifest.backupId(), manifest.kind(), manifest.snapshotTime(),
                manifest.endedAt(), Duration.between(manifest.startedAt(), manifest.endedAt()).toMillis() / 1000.0,
                manifest.streams().stream().mapToLong(Manifest.DataStream::plainBytes).sum(),
                copies.getFirst().document().storedBytes(), !manifest.encryption().method().equals("none"), state,
                deciding.map(ProofResult::level).orElse(null),
                deciding.filter(one -> state.equals("verified")).map(ProofResult::restoreSeconds).orElse(null), told);
    }

    private record Found(Repository repository, ManifestDocument document, List<VerificationDocument> verifications,
            Proof proof) {

        String state() {
            return proof.deciding().isEmpty() ? "unverified" : proof.state().name().toLowerCase(Locale.ROOT);
        }

        BackupEntry.Copy copy() {
            return new BackupEntry.Copy(repository.name(), repository.location(), state(),
                    proof.deciding().map(ProofResult::level).orElse(null), proof.deciding().map(ProofResult::endedAt).orElse(null));
        }
    }
}
