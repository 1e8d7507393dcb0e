package dev.holdfast.worker.backup;

import dev.holdfast.events.RunProgressed;
import dev.holdfast.logging.LogContext;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Beats from a run's first moment to its last, also where a phase moves no bytes; watches the run's deadline on the way. */
final class Heartbeat implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

    private final Run run;
    private final RunListener listener;
    private final RunControl control;
    private final ScheduledExecutorService timer;
    private volatile String phase = "preflight";
    private volatile Long total;
    private volatile LongSupplier bytes = () -> 0;
    private long lastBytes;
    private long lastNanos = System.nanoTime();

    Heartbeat(Run run, RunListener listener, RunControl control, Duration every) {
        this.run = run;
        this.listener = listener;
        this.control = control;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("heartbeat-" + run.alias()).factory());
        timer.scheduleAtFixedRate(LogContext.carried(this::tick), 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A new phase beats at once. */
    void phase(String name) {
        control.check();
        phase = name;
        beat();
    }

    /** @param estimate of all bytes, null where nobody knows */
    void count(LongSupplier counter, Long estimate) {
        bytes = counter;
        total = estimate;
    }

    /** Does something later, unless the run has ended by then or the answer is cancelled. */
    Future<?> after(Duration delay, Runnable action) {
        return timer.schedule(LogContext.carried(action), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    String phase() {
        return phase;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void tick() {
        try {
            control.cancelIfOverdue();
            beat();
        } catch (RuntimeException e) {
            log.warn("A beat of run {} failed", run.id(), e);
        }
    }

    private synchronized void beat() {
        long now = System.nanoTime();
        long done = bytes.getAsLong();
        double seconds = (now - lastNanos) / 1e9;
        double rate = seconds > 0 ? Math.max(0, done - lastBytes) / seconds : 0;
        lastNanos = now;
        lastBytes = done;
        Long estimate = total;
        listener.progressed(new RunProgressed(run.alias(), run.id().toString(), "backup", run.attempt(), phase, done,
                estimate == null ? null : Long.valueOf(Math.max(estimate, done)), rate, run.folder().nonce(), null),
                run.request().correlationId());
    }
}
