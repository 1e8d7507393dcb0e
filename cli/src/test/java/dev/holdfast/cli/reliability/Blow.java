package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.RunCancelled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Plays one case: asks for a backup, strikes at the step, and puts the struck part back on its feet. */
final class Blow {

    private static final Duration SEEN = Duration.ofMinutes(3);
    private static final Duration BREATH_HELD = Installation.LEASE.multipliedBy(2);
    /** Three times what a supervisor may take a silence of the pulse for ({@code LeaseClock.MOST_PER_GAP}), so that it wakes to a backlog. */
    static final Duration SCHEDULER_ASLEEP = Duration.ofSeconds(30);

    private final Installation installation;
    private final KillCase which;
    private final String name;
    private final Optional<Scene> standing;
    private Instant fallen;

    /**
     * @param name     of the run, and of its database where that has to be one that this case has for itself
     * @param standing the backup before, where a step needs one and it has been made already
     */
    Blow(Installation installation, KillCase which, String name, Optional<Scene> standing) {
        this.installation = installation;
        this.which = which;
        this.name = name;
        this.standing = standing;
    }

    /** Returns once the part that was struck runs again; the run goes on. */
    Scene strike() {
        Optional<Scene> older = which.step().needsAnOlderBackup() ? standing.or(() -> Optional.of(olderBackup())) : Optional.empty();
        try (Hold hold = new Hold(installation)) {
            if (which.step().isHeldOpen() || which.step() == RunStep.RETRIED) {
                hold.lockTable();
            }
            if (which.step().heldBackFrom().isEmpty() && which.step() != RunStep.RETRIED) {
                hold.stop(which.step().heldBack());
            }
            Scene scene = installation.request(older.map(Scene::database).orElse(name), name, older.map(Scene::backup));
            which.step().heldBackFrom().ifPresent(step -> {
                await(step + " was never seen", () -> step.seen(scene));
                hold.stop(which.step().heldBack());
            });
            new Person(installation, scene).act(which.step(), () -> {
                hold.unlockTable();
                hold.stop(which.step().heldBack());
            });
            // Coming nearer can be told from the log; the step itself may show in files or deliveries only.
            which.step().before().ifPresent(step -> await(step + " was never seen", () -> step.seen(scene) || which.step().seen(scene)));
            assertThat(installation.sightings().watch(SEEN, () -> which.step().seen(scene))).as(() -> which + ": the step was never seen"
                    + installation.logs()).isTrue();
            fall(scene, hold);
            return scene;
        }
    }

    /** Whether the step was over already when the blow fell. To be asked once the run is over. */
    boolean cameTooLate(Scene scene) {
        return which.step().wasOver(scene, fallen);
    }

    private void await(String otherwise, BooleanSupplier so) {
        assertThat(installation.sightings().await(SEEN, so)).as(() -> which + ": " + otherwise + installation.logs()).isTrue();
    }

    private Scene olderBackup() {
        Scene scene = installation.request(name, name + "-older", Optional.empty());
        await("the backup before was not proven", () -> RunStep.DELIVERED.seen(scene));
        return scene;
    }

    private void fall(Scene scene, Hold hold) {
        ProcessHandle victim = installation.handle(which.victim());
        List<ProcessHandle> children = victim.descendants().toList();
        fallen = Instant.now();
        which.fault().signal().send(victim);
        installation.rememberChildren(which.victim(), children);
        hold.letGo(which);
        if (which.fault() != Fault.SIGSTOP) {
            installation.startAgain(which.victim());
        } else {
            try {
                holdBreath(scene);
            } finally {
                Signal.CONT.send(victim);
            }
        }
        if (which.step() == RunStep.CANCELLING) {
            await("the run is not cancelled", () -> scene.first(RunCancelled.class, any -> true).isPresent());
        }
    }

    private void holdBreath(Scene scene) {
        int backups = scene.backupClaims().size();
        int proofs = scene.proofClaims().size();
        boolean works = which.victim() == which.step().holder() && which.step().isWork();
        if (which.victim() == Part.WORKER || which.victim() == Part.VERIFIER) {
            installation.startSecond(which.victim());
        }
        // The fault itself is that this time passes.
        installation.sightings().await(which.victim() == Part.SCHEDULER ? SCHEDULER_ASLEEP : BREATH_HELD, () -> false);
        if (works && !which.step().wasOver(scene, fallen)) {
            await("nobody took the run over" + scene.story(), () -> scene.backupClaims().size() > backups || scene.proofClaims().size() > proofs
                    || which.victim() == Part.WORKER && RunStep.COMPLETED.seen(scene)
                    || which.victim() == Part.VERIFIER && RunStep.VERIFIED.seen(scene));
        }
    }
}
