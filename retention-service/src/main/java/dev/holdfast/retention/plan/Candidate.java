package dev.holdfast.retention.plan;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/**
 * A backup as the rules see it. {@code snapshotTime} is the time of the data in it; of an incomplete one, its fire time.
 * {@code refutedAt} is when the proof that refutes it ended; null where none does.
 */
public record Candidate(String backupId, Instant snapshotTime, Standing standing, Instant refutedAt) {

    static final Comparator<Candidate> NEWEST_FIRST =
            Comparator.comparing(Candidate::snapshotTime).thenComparing(Candidate::backupId).reversed();

    public Candidate {
        Objects.requireNonNull(backupId, "backupId");
        Objects.requireNonNull(snapshotTime, "snapshotTime");
        Objects.requireNonNull(standing, "standing");
    }

    /** One that nothing refutes, or that was refuted when it was made. */
    public Candidate(String backupId, Instant snapshotTime, Standing standing) {
        this(backupId, snapshotTime, standing, null);
    }

    /** Since when it is known to be refuted. */
    Instant refutedSince() {
        return refutedAt == null || refutedAt.isBefore(snapshotTime) ? snapshotTime : refutedAt;
    }
}
