package dev.holdfast.service.messaging;

import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The beats of running work, throttled: a beat that comes too early is dropped unless its phase is new. */
public final class Pulse {

    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int REMEMBERED = 1_000;

    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final LongSupplier nanos;
    private final Map<String, Beat> last = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Beat> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Beat(String phase, long nanos) {
    }

    Pulse(EventPublisher publisher, ServiceIdentity identity, LongSupplier nanos) {
        this.publisher = publisher;
        this.identity = identity;
        this.nanos = nanos;
    }

    /**
     * At most two beats a second and run, and one at each new phase. Never blocks and never throws for want of a
     * broker; the next beat says the same.
     */
    public void beat(RunProgressed progress, String correlationId) {
        if (due(progress)) {
            publisher.publishUnconfirmed(Topics.PROGRESS, identity.event(progress.runId(), correlationId, progress));
        }
    }

    private synchronized boolean due(RunProgressed progress) {
        String run = progress.activity() + "/" + progress.runId() + "/" + progress.attempt() + "/" + progress.nonce();
        long now = nanos.getAsLong();
        Beat before = last.get(run);
        if (before != null && before.phase().equals(progress.phase()) && now - before.nanos() < SHORTEST_NANOS) {
            return false;
        }
        last.put(run, new Beat(progress.phase(), now));
        return true;
    }
}
