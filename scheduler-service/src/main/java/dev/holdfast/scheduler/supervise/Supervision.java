package dev.holdfast.scheduler.supervise;

import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The rules: given a run and the time, what is to be done. Pure. */
final class Supervision {

    /** Between a request that its queue has passed and the conclusion that nobody started it; the log may be read late. */
    static final Duration UNCLAIMED = Duration.ofSeconds(30);

    /** Past its deadline a run that still beats is its worker's to end, for so long. */
    static final Duration LAST_WORD = Duration.ofMinutes(10);

    private final Map<String, HoldfastConfig.Database> databases;
    private final Duration lease;

    Supervision(Map<String, HoldfastConfig.Database> databases, Duration lease) {
        this.databases = databases;
        this.lease = lease;
    }

    /**
     * @param now       the lease clock, in milliseconds
     * @param broker    the broker's time
     * @param firstOpen of the run's queue: every request before it was taken; 0 where nobody knows
     */
    Step next(SupervisedRun run, long now, Instant broker, long firstOpen) {
        boolean silent = now - run.silentSince() > lease.toMillis();
        if (run.isCancelled()) {
            return run.claims().isEmpty() ? new Step.Wait()
                    : silent ? new Step.Cancel(run.wish().orElseThrow()) : new Step.CancelAgain(run.wish().orElseThrow());
        }
        if (run.wish().isPresent() && (run.state() != SupervisedRun.State.HELD || silent)) {
            return new Step.Cancel(run.wish().get());
        }
        if (run.request().isEmpty()) {
            return new Step.Wait();
        }
        return switch (run.state()) {
            case ENDED -> new Step.Wait();
            case HELD -> held(run, silent, broker);
            case QUEUED -> late(run, broker) ? pastDeadline(run) : queued(run, now, firstOpen);
            case DISPATCHED -> late(run, broker) ? pastDeadline(run) : new Step.Wait();
            case WAITING -> late(run, broker) ? pastDeadline(run) : waiting(run, broker);
        };
    }

    private Step held(SupervisedRun run, boolean silent, Instant broker) {
        if (!silent) {
            boolean ignored = late(run, broker.minus(LAST_WORD));
            return ignored ? pastDeadline(run) : new Step.Wait();
        }
        String workers = run.claims().stream().map(SupervisedRun.Claim::worker).sorted().reduce((a, b) -> a + ", " + b).orElse("nobody");
        if (late(run, broker)) {
            return pastDeadline(run);
        }
        return run.failures() + 1 >= attempts(run) ? exhausted(run, workers + " went silent")
                : new Step.TakeBack(run.attempt(), run.failures() + 1, workers);
    }

    /** A request that its queue has passed was put aside, or died with whoever took it before it could say so. */
    private Step queued(SupervisedRun run, long now, long firstOpen) {
        Long offset = run.request().orElseThrow().offset();
        if (offset == null || offset >= firstOpen || now - run.since() < UNCLAIMED.toMillis()) {
            return new Step.Wait();
        }
        return run.failures() + 1 >= attempts(run) ? exhausted(run, "its request was taken from the queue and nobody started it")
                : new Step.Dispatch(run.attempt() + 1, run.failures() + 1);
    }

    private static Step waiting(SupervisedRun run, Instant broker) {
        return broker.isBefore(run.notBefore()) ? new Step.Wait() : new Step.Dispatch(run.attempt() + 1, run.failures());
    }

    private int attempts(SupervisedRun run) {
        HoldfastConfig.Database database = databases.get(run.key().database());
        return (database == null ? HoldfastConfig.Supervision.DEFAULT : database.supervision()).attempts();
    }

    private static Step exhausted(SupervisedRun run, String last) {
        return new Step.GiveUp("attempts-exhausted", "the run was tried " + (run.failures() + 1) + " times without a result; the last time "
                + last, "look at the log of the worker and at the source, then retry the run");
    }

    private static Step pastDeadline(SupervisedRun run) {
        return new Step.GiveUp("deadline-passed", "the run had no result by its deadline, " + run.request().orElseThrow().deadline(),
                "see whether workers run and have free slots, or raise the policy's deadline; then retry the run");
    }

    private static boolean late(SupervisedRun run, Instant broker) {
        Instant deadline = run.request().orElseThrow().deadline();
        return deadline != null && broker.isAfter(deadline);
    }
}
