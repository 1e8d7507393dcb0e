package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.RunReleased;
import java.util.Set;

/**
 * How often work on a run may have begun: as often as it was asked for, and once more where whoever did it was struck. So a
 * healthy run that is taken back and made twice is no success. A broker that dies or hangs before it confirms a claim may
 * take it along: its start is on the log, and nobody works for it. However often it is tried again, it is one start.
 *
 * @param backups       how often a backup was asked for
 * @param proofs        how often a proof was
 * @param moreOfBackups how many attempts the fault explains
 * @param moreOfProofs  likewise
 * @param unconfirmed   whether a claim may be on the log in vain
 */
record Attempts(int backups, int proofs, int moreOfBackups, int moreOfProofs, boolean unconfirmed) {

    static final Attempts UNDISTURBED = new Attempts(1, 1, 0, 0, false);

    static Attempts of(KillCase which) {
        int proofs = switch (which.step()) {
            case CANCELLING -> 0;
            case VERIFY_BESIDE, REPROOF -> 2;
            default -> 1;
        };
        return new Attempts(which.step() == RunStep.RETRIED ? 2 : 1, proofs,
                which.victim() == Part.WORKER ? 1 : 0, which.victim() == Part.VERIFIER ? proofs : 0, which.victim() == Part.BROKER);
    }

    void assertNoMore(Scene scene) {
        assertNoMore(scene, "backup", scene.backupClaims(), backups, moreOfBackups);
        assertNoMore(scene, "verification", scene.proofClaims(), proofs, moreOfProofs);
    }

    private void assertNoMore(Scene scene, String activity, Set<String> claims, int asked, int more) {
        int idle = unconfirmed && claims.stream().anyMatch(claim -> !scene.works(claim)) ? 1 : 0;
        assertThat(claims).as(() -> activity + ".started, by nonce" + scene.story()).hasSizeBetween(asked, asked + more + idle);
        assertThat(releases(scene, activity)).as(() -> "run.released of the " + activity + scene.story()).isLessThanOrEqualTo(more + idle);
    }

    private static int releases(Scene scene, String activity) {
        return scene.ids(RunReleased.class, released -> released.activity().equals(activity)
                && released.runId().startsWith(scene.backup().toString())).size();
    }
}
