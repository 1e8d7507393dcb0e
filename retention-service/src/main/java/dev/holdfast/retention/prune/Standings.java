package dev.holdfast.retention.prune;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupExpirer;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Orphan;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.VerificationReader;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.retention.plan.Candidate;
import dev.holdfast.retention.plan.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the backups of one database stand, as its repository tells now. */
final class Standings {

    private final BackupExpirer expirer;
    private final VerificationReader verifications;
    private final String alias;
    private final String level;

    /** @param level what the policy calls verified; a proof below it does not count */
    Standings(Repository repository, String alias, String level) {
        this.expirer = repository.expirer();
        this.verifications = repository.verifications();
        this.alias = alias;
        this.level = level;
    }

    /** A backup with its manifest, which an incomplete or unreadable one does not have. */
    record Stands(Candidate candidate, String kind, Optional<ManifestDocument> manifest) {
    }

    /**
     * All with a manifest, those that a tombstone condemns too.
     *
     * @param failures gets what could not be read of single backups; an unreachable repository is thrown
     */
    List<Stands> read(List<HoldfastException> failures) {
        List<Stands> found = new ArrayList<>();
        int before = failures.size();
        for (BackupId id : expirer.backups(alias)) {
            try {
                expirer.find(alias, id).ifPresent(manifest -> found.add(new Stands(candidate(manifest), id.kind(),
                        Optional.of(manifest))));
            } catch (HoldfastException e) {
                if (e.kind() == FailureKind.RETRIABLE) {
                    throw e;
                }
                failures.add(e);
                found.add(new Stands(new Candidate(id.toString(), id.fireTime(), Standing.UNREADABLE), id.kind(), Optional.empty()));
            }
        }
        if (failures.size() == before) { // telling orphans needs every manifest; they are only told, never deleted
            incomplete().forEach(found::add);
        }
        return found;
    }

    /** Asks for one backup again; empty where it is gone. */
    Optional<Stands> again(Candidate candidate) {
        return stands(candidate, expirer.find(alias, BackupId.parse(candidate.backupId())));
    }

    /** Likewise; empty also where a tombstone condemns it, so that nobody else would find it. */
    Optional<Stands> visible(Candidate candidate) {
        return stands(candidate, expirer.catalog().find(alias, BackupId.parse(candidate.backupId())));
    }

    private Optional<Stands> stands(Candidate candidate, Optional<ManifestDocument> found) {
        return found.map(manifest -> new Stands(candidate(manifest), BackupId.parse(candidate.backupId()).kind(), found));
    }

    private Stream<Stands> incomplete() {
        return expirer.orphans(alias).stream().filter(orphan -> !orphan.committed()).map(Orphan::id).distinct()
                .map(id -> new Stands(new Candidate(id.toString(), id.fireTime(), Standing.INCOMPLETE), id.kind(), Optional.empty()));
    }

    private Candidate candidate(ManifestDocument manifest) {
        List<VerificationDocument> all = verifications.of(manifest);
        Proof proof = VerificationReader.proof(all, level);
        Standing standing = switch (proof.state()) {
            case REFUTED -> refutedWithItsKey(all) ? Standing.REFUTED : Standing.UNPROVEN;
            case VERIFIED -> Standing.VERIFIED;
            case UNPROVEN -> Standing.UNPROVEN;
        };
        return new Candidate(manifest.id().toString(), manifest.manifest().snapshotTime(), standing,
                standing == Standing.REFUTED ? proof.deciding().map(ProofResult::endedAt).orElse(null) : null);
    }

    private boolean refutedWithItsKey(List<VerificationDocument> all) {
        List<VerificationDocument> others = all.stream().filter(document -> !(document.verification().outcome().equals("refuted")
                && lacksOnlyTheKey(document.verification()))).toList();
        return VerificationReader.proof(others, level).state() == Proof.State.REFUTED;
    }

    /** Nothing is known against the copy itself, and the key that opens it may be found again. */
    private static boolean lacksOnlyTheKey(Verification refuted) {
        return refuted.findingsTotal() == refuted.findings().size()
                && refuted.findings().stream().allMatch(finding -> finding.what().equals("key"));
    }
}
