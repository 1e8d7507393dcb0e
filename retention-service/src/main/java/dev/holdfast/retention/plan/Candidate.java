package dev.holdfast.retention.plan;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/** A backup as the rules see it. {@code snapshotTime} is the time of the data in it; of an incomplete one, its fire time. */
public record Candidate(String backupId, Instant snapshotTime, Standing standing) {

    static final Comparator<Candidate> NEWEST_FIRST =
            Comparator.comparing(Candidate::snapshotTime).thenComparing(Candidate::backupId).reversed();

    public Candidate {
        Objects.requireNonNull(backupId, "backupId");
        Objects.requireNonNull(snapshotTime, "snapshotTime");
        Objects.requireNonNull(standing, "standing");
    }
}
