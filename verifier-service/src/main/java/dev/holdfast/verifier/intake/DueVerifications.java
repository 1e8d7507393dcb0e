package dev.holdfast.verifier.intake;

import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which backups a policy wants proven now, by what the repository holds. A backup that is verified at the policy's level, or
 * refuted, is never due here again (see {@link AgedProofs}); one that could not be proven is, a day later, and one that was
 * proven less far at once. With {@code daily} and {@code weekly} only the newest backup is due, and only where nothing was proven for that long.
 */
public final class DueVerifications {

    private static final Duration AGAIN_AFTER = Duration.ofDays(1);
    /** How many backups back the last proof is looked for. */
    private static final int LOOK_BACK = 64;

    private final Clock clock;

    public DueVerifications(Clock clock) {
        this.clock = clock;
    }

    /** A backup to prove, with the number of earlier attempts to. */
    public record Due(ManifestDocument manifest, int earlier) {
    }

    /**
     * Whether this one is due.
     *
     * @param earlier its results
     * @param policy  every backup, daily, weekly or never; up to which level
     */
    public Optional<Due> one(Repository repository, ManifestDocument manifest, List<ProofResult> earlier,
            HoldfastConfig.Verify policy) {
        boolean settled = Proof.of(earlier, policy.level()).state() != Proof.State.UNPROVEN
                || earlier.stream().anyMatch(attempt -> wasTriedLately(attempt, clock.instant()));
        boolean wanted = !settled && switch (policy.every()) {
            case "every" -> true;
            case "daily" -> !provenSince(repository, manifest.alias(), policy.level(), Duration.ofDays(1));
            case "weekly" -> !provenSince(repository, manifest.alias(), policy.level(), Duration.ofDays(7));
            case "never" -> false;
            case String other -> throw new IllegalArgumentException("verify: '" + other + "'");
        };
        return wanted ? Optional.of(new Due(manifest, earlier.size())) : Optional.empty();
    }

    /** Ids to look at for a database: all of them, newest first, or the newest only. */
    public List<BackupId> candidates(Repository repository, String alias, String every) {
        if (every.equals("never")) {
            return List.of();
        }
        List<BackupId> all = repository.reader().backups(alias);
        return every.equals("every") ? all : all.stream().limit(1).toList();
    }

    /** What could not be proven is not tried again for a day. */
    static boolean wasTriedLately(ProofResult attempt, Instant now) {
        return attempt.outcome().equals("unproven") && attempt.endedAt().isAfter(now.minus(AGAIN_AFTER));
    }

    private boolean provenSince(Repository repository, String alias, String level, Duration age) {
        Instant since = since(age);
        return repository.reader().backups(alias).stream().limit(LOOK_BACK)
                .flatMap(id -> UnreadableManifest.find(repository, alias, id, toldByItsOwnLook -> { }).stream())
                .map(manifest -> repository.verifications().proof(manifest, level)).filter(Proof::isVerified)
                .flatMap(proof -> proof.deciding().stream()).map(ProofResult::endedAt).anyMatch(since::isBefore);
    }

    private Instant since(Duration age) {
        return clock.instant().minus(age);
    }
}
