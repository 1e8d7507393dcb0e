package dev.holdfast.retention;

import dev.holdfast.retention.plan.Plan;
import dev.holdfast.retention.prune.PruneBackups;
import dev.holdfast.retention.prune.PruneOutcome;
import dev.holdfast.service.config.HoldfastConfig;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Prunes at the start, which finishes what a crash cut short, and every {@code retention.every} from then on. */
final class PruneRegularly implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PruneRegularly.class);

    private final HoldfastConfig config;
    private final PruneBackups prune;
    private final TellOfPruning tell;
    private ScheduledExecutorService thread;

    PruneRegularly(HoldfastConfig config, PruneBackups prune, TellOfPruning tell) {
        this.config = config;
        this.prune = prune;
        this.tell = tell;
    }

    @Override
    public synchronized void start() {
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("prune").factory());
        if (!config.retention().enabled()) {
            LOG.warn("retention.enabled is false: nothing is ever deleted");
            return;
        }
        thread.scheduleWithFixedDelay(this::run, 0, config.retention().every().toMillis(), TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(tell::retry, 5, 5, TimeUnit.SECONDS);
    }

    private void run() {
        try {
            List<PruneOutcome> outcomes = prune.run(config.databases().values(), tell::deleted);
            tell.outcomes(outcomes);
            for (PruneOutcome outcome : outcomes) {
                LOG.info("pruned {} in repository {}: {} kept, {} deleted", outcome.database(), outcome.repository(),
                        outcome.plan().map(PruneRegularly::kept).orElse(0L), outcome.expired().size());
            }
        } catch (RuntimeException e) {
            LOG.error("pruning failed; it is tried again in {}", config.retention().every(), e);
        }
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
