package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.RunReleased;

/**
 * How often work on a run may have begun: as often as it was asked for, and once more where whoever did it was struck. So a
 * healthy run that is taken back and made twice is no success.
 *
 * @param backups       how often a backup was asked for
 * @param proofs        how often a proof was
 * @param moreOfBackups how many attempts the fault explains
 * @param moreOfProofs  likewise
 */
record Attempts(int backups, int proofs, int moreOfBackups, int moreOfProofs) {

    static final Attempts UNDISTURBED = new Attempts(1, 1, 0, 0);

    static Attempts of(KillCase which) {
        int proofs = switch (which.step()) {
            case CANCELLING -> 0;
            case VERIFY_BESIDE, REPROOF -> 2;
            default -> 1;
        };
        return new Attempts(which.step() == RunStep.RETRIED ? 2 : 1, proofs,
                which.victim() == Part.WORKER ? 1 : 0, which.victim() == Part.VERIFIER ? proofs : 0);
    }

    void assertNoMore(Scene scene) {
        assertThat(scene.backupStarts()).as(() -> "backup.started" + scene.story()).isBetween(backups, backups + moreOfBackups);
        assertThat(scene.proofStarts()).as(() -> "verification.started" + scene.story()).isBetween(proofs, proofs + moreOfProofs);
        assertThat(releases(scene, "backup")).as(() -> "run.released of the backup" + scene.story()).isLessThanOrEqualTo(moreOfBackups);
        assertThat(releases(scene, "verification")).as(() -> "run.released of the proof" + scene.story()).isLessThanOrEqualTo(moreOfProofs);
    }

    private static int releases(Scene scene, String activity) {
        return scene.ids(RunReleased.class, released -> released.activity().equals(activity)
                && released.runId().startsWith(scene.backup().toString())).size();
    }
}
