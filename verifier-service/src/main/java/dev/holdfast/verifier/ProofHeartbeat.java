package dev.holdfast.verifier;

import dev.holdfast.events.RunProgressed;
import dev.holdfast.logging.LogContext;
import dev.holdfast.verifier.prove.ProofProgress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Beats while a proof runs, the first time at once, also in phases that move no bytes. */
final class ProofHeartbeat implements ProofProgress, AutoCloseable {

    private final ProofClaim claim;
    private final BiConsumer<RunProgressed, String> pulse;
    private final Runnable verdict;
    private final ScheduledExecutorService timer;
    private String phase = "begin";
    private long bytes;
    private long total;
    private long lastBytes;
    private long lastNanos = System.nanoTime();

    /** @param verdict called before a verdict is stored; its throw keeps it from being stored */
    ProofHeartbeat(ProofClaim claim, BiConsumer<RunProgressed, String> pulse, Duration every, Runnable verdict) {
        this.claim = claim;
        this.pulse = pulse;
        this.verdict = verdict;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("heartbeat-" + claim.backupId()).factory());
        beat();
        timer.scheduleAtFixedRate(LogContext.carried(this::beat), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void at(String newPhase, long newBytes, long totalBytes) {
        boolean changed = !newPhase.equals(phase);
        if (changed) {
            lastBytes = 0;
        }
        phase = newPhase;
        bytes = newBytes;
        total = totalBytes;
        if (changed) {
            beat();
        }
    }

    @Override
    public void found() {
        verdict.run();
    }

    private synchronized void beat() {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        double rate = seconds > 0 ? Math.max(0, bytes - lastBytes) / seconds : 0;
        lastNanos = now;
        lastBytes = bytes;
        pulse.accept(new RunProgressed(claim.database(), claim.backupId(), ProofClaim.ACTIVITY, claim.attempt(), phase, bytes,
                total == 0 ? null : Long.valueOf(total), rate, claim.nonce(), claim.repository().name()), claim.request().correlationId());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
