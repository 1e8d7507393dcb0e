package dev.holdfast.cli.reliability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** One cell of the kill matrix: at which step what happens to whom. */
record KillCase(RunStep step, Part victim, Fault fault) {

    /** The default run's: each part once where it has the run in hand, and the worker that goes on after its lease. */
    static final List<KillCase> FEW = List.of(
            new KillCase(RunStep.DUMP, Part.WORKER, Fault.SIGKILL),
            new KillCase(RunStep.DUMP, Part.WORKER, Fault.SIGSTOP),
            new KillCase(RunStep.DUMP, Part.BROKER, Fault.SIGKILL),
            new KillCase(RunStep.ACCEPTED, Part.SCHEDULER, Fault.SIGKILL),
            new KillCase(RunStep.RESTORE, Part.VERIFIER, Fault.SIGKILL),
            new KillCase(RunStep.COMPLETED, Part.NOTIFIER, Fault.SIGKILL),
            new KillCase(RunStep.TOMBSTONE, Part.RETENTION, Fault.SIGKILL));

    /** Everybody killed at every step; whoever has the run in hand, the scheduler and the broker stopped and told to end there too. Holders come first. */
    static List<KillCase> all() {
        List<KillCase> cases = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (RunStep step : RunStep.values()) {
                for (Part victim : Part.values()) {
                    if (fault == Fault.SIGKILL || victim == step.holder() || victim == Part.SCHEDULER || victim == Part.BROKER) {
                        cases.add(new KillCase(step, victim, fault));
                    }
                }
            }
        }
        cases.sort(Comparator.comparing(which -> which.victim() != which.step().holder()));
        return cases;
    }

    /** The alias of the database that the case has for itself. */
    String database() {
        return "%s-%s-%s".formatted(step, victim, fault).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return fault + " of the " + victim.label() + " at: " + step.what();
    }
}
