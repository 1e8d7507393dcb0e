package dev.holdfast.cli.reliability;

import dev.holdfast.postgres.scratch.FolderTree;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plays cases of the matrix one after another in one installation, which lives as long as a test class; each has a database of its own. */
final class KillMatrix implements BeforeAllCallback, AfterAllCallback {

    private static final Logger LOG = LoggerFactory.getLogger(KillMatrix.class);
    /** Steps are short: a blow that came too late is tried again, so often in all. */
    private static final int TRIES = 4;
    /** Of all cases; each has to have a database of its own, which costs every service something. */
    private static final int MOST_AGAIN = 30;
    /** Of cases: for more it pays to make services start faster. */
    private static final int FEW = 10;

    private final List<KillCase> cases;
    private final List<String> spare;
    private final Map<Scene, Aftermath> played = new LinkedHashMap<>();
    private Scene proven;
    private Path folder;
    private Installation installation;

    KillMatrix(List<KillCase> cases) {
        this.cases = List.copyOf(cases);
        this.spare = new ArrayList<>(IntStream.rangeClosed(1, Math.min(cases.size(), MOST_AGAIN)).mapToObj(number -> "once-more-" + number).toList());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("holdfast-kills-");
        installation = new Installation(folder, PostgresServer.shared().createDatabase(),
                Stream.concat(cases.stream().map(KillCase::database), spare.stream()).toList(),
                cases.size() > FEW ? ClassCache.in(folder) : ClassCache.none());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        try {
            // What was done a second time long after the end shows by now.
            played.forEach((scene, aftermath) -> aftermath.assertStands(scene));
        } finally {
            if (installation != null) {
                installation.close();
            }
            if (folder != null) {
                FolderTree.delete(folder);
            }
        }
    }

    /** {@link Outcome#TOO_LATE} where each blow did; what was promised is asserted also then. */
    Outcome play(KillCase which) {
        String name = which.database();
        for (int number = 1; ; number++) {
            Outcome outcome = play(which, new Blow(installation, which, name, which.step().needsAnOlderBackup() ? standing() : Optional.empty()));
            if (outcome != Outcome.TOO_LATE || number == TRIES || spare.isEmpty()) {
                return outcome;
            }
            LOG.warn("{}: the blow came too late, try {}", which, number);
            name = spare.removeFirst();
        }
    }

    /** A backup that an earlier case has left proven, and that is to be let go of. */
    private Optional<Scene> standing() {
        Optional<Scene> found = Optional.ofNullable(proven);
        found.ifPresent(played::remove);
        proven = null;
        return found;
    }

    private Outcome play(KillCase which, Blow blow) {
        installation.awaitReady();
        try {
            Scene scene = blow.strike();
            installation.awaitReady();
            Aftermath aftermath = new Aftermath(installation, which.toString(), Attempts.of(which), which.step() == RunStep.CANCELLING);
            Outcome outcome = aftermath.of(scene);
            played.put(scene, aftermath);
            proven = outcome == Outcome.FINISHED_ONCE ? scene : proven;
            return blow.cameTooLate(scene) ? Outcome.TOO_LATE : outcome;
        } finally {
            installation.stopSeconds();
        }
    }
}
