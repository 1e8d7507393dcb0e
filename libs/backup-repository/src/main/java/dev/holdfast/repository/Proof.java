package dev.holdfast.repository;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where one copy of a backup stands against the level that its policy asks for. Every service asks here, so that none
 * of them counts what another does not.
 *
 * <p>{@link State#REFUTED} while a refutation stands. Only a later success that went further than the refuted proof had
 * come lifts it: where the difference was in the restored data, a later success of the archive says nothing of it. A
 * checksum lifts none, since a proof that reached nothing may have failed at decrypting or reading the archive.
 * {@link State#VERIFIED} where a success at that level or above is newer than every refutation. Else
 * {@link State#UNPROVEN}: an attempt without a result says nothing, neither for nor against. So where a proof could not be
 * made anew (a library is gone, the disk is full) the older one counts on, at its own age, and the attempt's alert says so;
 * one that refutes takes it away.
 *
 * @param state    verified, refuted or unproven
 * @param deciding the refutation that stands, the newest success that counts, or of an unproven copy the newest result;
 *                 empty where nobody has tried yet
 */
public record Proof(State state, Optional<ProofResult> deciding) {

    /** Ascending; a proof of one includes those before it. */
    static final List<String> LEVELS = List.of("none", "checksum", "archive", "restore", "equal");

    private static final int ARCHIVE = LEVELS.indexOf("archive");
    private static final int HIGHEST = LEVELS.size() - 1;

    /** Worst first. */
    public enum State {
        REFUTED, UNPROVEN, VERIFIED
    }

    public boolean isVerified() {
        return state == State.VERIFIED;
    }

    /**
     * Folds all results of one copy, in any order.
     *
     * @param level the policy's: checksum, archive, restore or equal
     * @throws IllegalArgumentException where that is no level
     */
    public static Proof of(Collection<ProofResult> results, String level) {
        int required = LEVELS.indexOf(level);
        if (required < 1) {
            throw new IllegalArgumentException("'" + level + "' is not a level of proof; accepted: " + LEVELS.subList(1, LEVELS.size()));
        }
        List<ProofResult> newestFirst = results.stream().sorted(Comparator.comparing(ProofResult::endedAt).reversed()).toList();
        Optional<ProofResult> success = Optional.empty();
        boolean contested = false;
        int reached = 0;
        for (ProofResult result : newestFirst) {
            int at = LEVELS.indexOf(result.level());
            if (result.outcome().equals("refuted")) {
                if (reached < lifting(at)) {
                    return new Proof(State.REFUTED, Optional.of(result));
                }
                contested = true;
            } else if (result.outcome().equals("verified")) {
                reached = Math.max(reached, at);
                if (at >= required && !contested && success.isEmpty()) {
                    success = Optional.of(result);
                }
            }
        }
        return success.isPresent() ? new Proof(State.VERIFIED, success)
                : new Proof(State.UNPROVEN, newestFirst.stream().findFirst());
    }

    /** What a success must reach to lift a refutation that had reached this much. */
    private static int lifting(int reached) {
        return Math.clamp(reached + 1L, ARCHIVE, HIGHEST);
    }
}
