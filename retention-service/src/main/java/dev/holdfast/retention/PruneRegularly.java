package dev.holdfast.retention;

import dev.holdfast.retention.plan.Plan;
import dev.holdfast.retention.prune.PruneBackups;
import dev.holdfast.retention.prune.PruneOutcome;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Prunes at the start, which finishes what a crash cut short, and every {@code retention.every} from then on; never before
 * the log was read up to then, since it may say that pruning is paused.
 */
final class PruneRegularly implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PruneRegularly.class);
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final HoldfastConfig config;
    private final PruneBackups prune;
    private final PrunePauses pauses;
    private final TellOfPruning tell;
    private boolean waits;
    private volatile long due;
    private ScheduledExecutorService thread;

    PruneRegularly(HoldfastConfig config, PruneBackups prune, PrunePauses pauses, TellOfPruning tell) {
        this.config = config;
        this.prune = prune;
        this.pauses = pauses;
        this.tell = tell;
    }

    @Override
    public synchronized void start() {
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("prune").factory());
        if (!config.retention().enabled()) {
            LOG.warn("retention.enabled is false: nothing is ever deleted");
            return;
        }
        due = System.nanoTime();
        thread.scheduleWithFixedDelay(() -> guarded(this::run), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(() -> guarded(tell::retry), 5, 5, TimeUnit.SECONDS);
    }

    /** An executor would silently end what throws. */
    private static void guarded(Runnable round) {
        try {
            round.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a round of pruning failed in a way that was not foreseen; the next one tries again", e);
        }
    }

    private void run() {
        if (System.nanoTime() - due < 0) {
            return;
        }
        boolean known = pauses.awaitCurrent(AT_ONCE);
        if (known) {
            due = System.nanoTime() + config.retention().every().toNanos();
            prune();
        } else if (!waits) {
            LOG.warn("nothing is deleted until the log has been read: it may say that pruning is paused");
        }
        waits = !known;
    }

    private void prune() {
        try {
            List<PruneOutcome> outcomes = prune.run(config.databases().values(), this::paused, tell::deleted);
            tell.outcomes(outcomes);
            // What could not be read was told as a failure: "0 kept" would say that there is nothing.
            outcomes.forEach(outcome -> outcome.plan().ifPresent(plan -> LOG.info("pruned {} in repository {}: {} kept, {} deleted",
                    outcome.database(), outcome.repository(), kept(plan), outcome.expired().size())));
        } catch (RuntimeException | Error e) {
            LOG.error("pruning failed; it is tried again in {}", config.retention().every(), e);
        }
    }

    private boolean paused(String database) {
        Optional<Pauses.Pause> pause = pauses.of(database);
        pause.ifPresent(by -> LOG.info("pruning {} is paused by {} since {}: {}", database == null ? "what belongs to no database" : database,
                by.requester(), by.since(), by.reason()));
        return pause.isPresent();
    }

    private static long kept(Plan plan) {
        return plan.decisions().size() - plan.deletions().size();
    }

    @Override
    public synchronized void stop() {
        thread.shutdown(); // a deletion in hand is finished; one that is not begins again at the next start
        try {
            if (!thread.awaitTermination(20, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
