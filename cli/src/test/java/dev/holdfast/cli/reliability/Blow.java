package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupStarted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Plays one case: asks for a backup, strikes at the step, and puts the struck part back on its feet. */
final class Blow {

    private static final Duration SEEN = Duration.ofMinutes(3);
    private static final Duration BREATH_HELD = Installation.LEASE.multipliedBy(2);

    private final Installation installation;
    private final KillCase which;

    Blow(Installation installation, KillCase which) {
        this.installation = installation;
        this.which = which;
    }

    /** Returns once the part that was struck runs again; the run goes on. */
    Scene strike() {
        Optional<Scene> older = which.step().needsAnOlderBackup() ? Optional.of(olderBackup()) : Optional.empty();
        if (which.victim() == Part.WORKER && which.fault() == Fault.SIGSTOP) {
            installation.startSecondWorker();
        }
        try (Connection hold = hold()) {
            Scene scene = installation.request(which.database(), which.database(), older.map(Scene::backup));
            assertThat(installation.sightings().await(SEEN, () -> which.step().seen(scene)))
                    .as(() -> which + ": the step was never seen" + installation.logs()).isTrue();
            fall(scene);
            return scene;
        } catch (SQLException e) {
            throw new IllegalStateException("holding the dump", e);
        }
    }

    private Scene olderBackup() {
        Scene scene = installation.request(which.database(), which.database() + "-older", Optional.empty());
        assertThat(installation.sightings().await(SEEN, () -> RunStep.DELIVERED.seen(scene)))
                .as(() -> which + ": the backup before was not proven" + installation.logs()).isTrue();
        return scene;
    }

    /** Where a dump is to be struck it waits for a table until that is done. */
    private Connection hold() throws SQLException {
        Connection connection = installation.source().connect();
        connection.setAutoCommit(false);
        if (which.step().isHeldOpen()) {
            try (Statement lock = connection.createStatement()) {
                lock.execute("LOCK TABLE kept IN ACCESS EXCLUSIVE MODE");
            }
        }
        return connection;
    }

    private void fall(Scene scene) {
        ProcessHandle victim = installation.handle(which.victim());
        installation.rememberChildren(which.victim());
        switch (which.fault()) {
            case SIGKILL -> {
                Signal.KILL.send(victim);
                installation.startAgain(which.victim());
            }
            case SIGTERM -> {
                Signal.TERM.send(victim);
                installation.startAgain(which.victim());
            }
            case SIGSTOP -> {
                Signal.STOP.send(victim);
                try {
                    holdBreath(scene);
                } finally {
                    Signal.CONT.send(victim);
                }
            }
        }
    }

    private void holdBreath(Scene scene) {
        installation.sightings().await(BREATH_HELD, () -> false); // the fault itself is that this time passes
        if (which.victim() == Part.WORKER && which.step().isHeldOpen()) {
            assertThat(installation.sightings().await(SEEN, () -> taken(scene))).as(() -> which + ": nobody took the run over"
                    + installation.logs()).isTrue();
        }
    }

    private static boolean taken(Scene scene) {
        return scene.events(BackupStarted.class).anyMatch(started -> started.attempt() > 1);
    }
}
