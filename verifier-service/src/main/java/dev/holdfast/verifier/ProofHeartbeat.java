package dev.holdfast.verifier;

import dev.holdfast.events.RunProgressed;
import dev.holdfast.logging.LogContext;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.verifier.prove.ProofProgress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Beats while a proof runs, also in phases that move no bytes. */
final class ProofHeartbeat implements ProofProgress, AutoCloseable {

    private final ManifestDocument manifest;
    private final int attempt;
    private final String correlationId;
    private final Pulse pulse;
    private final ScheduledExecutorService timer;
    private String phase = "begin";
    private long bytes;
    private long total;
    private long lastBytes;
    private long lastNanos = System.nanoTime();

    ProofHeartbeat(ManifestDocument manifest, int attempt, String correlationId, Pulse pulse, Duration every) {
        this.manifest = manifest;
        this.attempt = attempt;
        this.correlationId = correlationId;
        this.pulse = pulse;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("heartbeat-" + manifest.id()).factory());
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

    private synchronized void beat() {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        double rate = seconds > 0 ? Math.max(0, bytes - lastBytes) / seconds : 0;
        lastNanos = now;
        lastBytes = bytes;
        pulse.beat(new RunProgressed(manifest.alias(), manifest.id().toString(), "verification", attempt, phase, bytes,
                total == 0 ? null : Long.valueOf(total), rate), correlationId);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
