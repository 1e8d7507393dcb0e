package dev.holdfast.cli.reliability;

/** Plays cases of the matrix one after another in one installation; each has a database of its own. */
final class KillMatrix {

    private KillMatrix() {
    }

    static Outcome play(Installation installation, KillCase which) {
        installation.awaitReady();
        Scene scene = new Blow(installation, which).strike();
        installation.awaitReady();
        Outcome outcome = new Aftermath(installation, which.toString()).of(scene);
        installation.stopSecondWorker();
        return outcome;
    }
}
