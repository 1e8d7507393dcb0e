package dev.holdfast.verifier.intake;

import dev.holdfast.events.Event;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.ProofResult;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Which verified copies are due to be proven again, since media rot and keys get lost after a proof too. Each is due once its
 * newest success at the policy's level is older than {@code reverify.each}; the newest verified one of a repository once its
 * newest success at level {@code equal} is older than {@code reverify.newest}. Up to a tenth of the interval is added, by
 * backup and repository, so that what was proven together is not due together. What is not verified is not due here: a
 * refuted copy is a person's to decide about, an unproven one is asked for by {@link DueVerifications}.
 */
final class AgedProofs {

    private static final String EQUAL = "equal";
    private static final int SPREAD = 10;
    private static final Comparator<Copy> NEWEST_FIRST = Comparator.comparing((Copy copy) -> copy.manifest().manifest().snapshotTime())
            .thenComparing(copy -> copy.manifest().id()).reversed();

    private final Clock clock;

    AgedProofs(Clock clock) {
        this.clock = clock;
    }

    /** A stored backup with what its proofs came to, which is little beside their evidence. */
    record Copy(ManifestDocument manifest, List<ProofResult> results) {
    }

    /** @param last the proof that is too old; empty where there never was one at this level */
    record Aged(Copy copy, String level, Optional<Instant> last) {
    }

    /**
     * Newest backup first.
     *
     * @param copies all that a repository holds of a database
     */
    List<Aged> of(String repository, List<Copy> copies, HoldfastConfig.Verify policy) {
        List<Copy> verified = copies.stream().filter(copy -> success(copy, policy.level()).isPresent()).sorted(NEWEST_FIRST).toList();
        List<Aged> due = new ArrayList<>();
        for (Copy copy : verified) {
            boolean newest = copy == verified.getFirst();
            Optional<Aged> aged = newest ? policy.reverify().newest().flatMap(after -> asNewest(repository, copy, verified, after, policy.level()))
                    : Optional.empty();
            aged.or(() -> policy.reverify().each().flatMap(after -> asEach(repository, copy, policy.level(), after)))
                    .filter(one -> !triedInVain(copy)).ifPresent(due::add);
        }
        return due;
    }

    /**
     * Where the policy asks for less than equal, a new backup each day must not put this off forever: then any copy's proof at
     * equal counts, and where there is none, the time since the oldest of the proofs that there are.
     */
    private Optional<Aged> asNewest(String repository, Copy copy, List<Copy> verified, Duration after, String level) {
        Optional<Instant> last = success(copy, EQUAL).or(() -> successes(verified, EQUAL).max(Comparator.naturalOrder()));
        return last.or(() -> successes(verified, level).min(Comparator.naturalOrder())).filter(since -> isPast(repository, copy, since, after))
                .map(since -> new Aged(copy, EQUAL, last));
    }

    private Optional<Aged> asEach(String repository, Copy copy, String level, Duration after) {
        Optional<Instant> last = success(copy, level);
        return last.filter(since -> isPast(repository, copy, since, after)).map(since -> new Aged(copy, level, last));
    }

    private boolean isPast(String repository, Copy copy, Instant since, Duration after) {
        return clock.instant().isAfter(since.plus(after).plus(extra(repository, copy, after)));
    }

    private static Stream<Instant> successes(List<Copy> copies, String level) {
        return copies.stream().flatMap(copy -> success(copy, level).stream());
    }

    private static Duration extra(String repository, Copy copy, Duration after) {
        long hash = UUID.fromString(Event.idFrom("reverify", copy.manifest().alias(), copy.manifest().id().toString(), repository))
                .getMostSignificantBits() >>> 32;
        return Duration.ofMillis((long) (after.toMillis() / SPREAD * (hash / (double) (1L << 32))));
    }

    private boolean triedInVain(Copy copy) {
        return copy.results().stream().anyMatch(result -> DueVerifications.wasTriedLately(result, clock.instant()));
    }

    /** When it was last verified at that level, where that still stands. */
    private static Optional<Instant> success(Copy copy, String level) {
        Proof proof = Proof.of(copy.results(), level);
        return proof.isVerified() ? proof.deciding().map(ProofResult::endedAt) : Optional.empty();
    }
}
