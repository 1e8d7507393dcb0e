package dev.holdfast.notifier.heartbeat;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.ServiceAlive;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** When a beat of each service was last heard, by this process's own time. This service's own beat comes by the broker too. */
final class HeardServices {

    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private final Duration silentAfter;
    private final LongSupplier nanoTime;

    /** @param silentAfter without a beat for longer a service is silent */
    HeardServices(Duration silentAfter, LongSupplier nanoTime) {
        this.silentAfter = silentAfter;
        this.nanoTime = nanoTime;
    }

    void hear(Event<? extends Payload> event) {
        if (event.data() instanceof ServiceAlive alive) {
            heard.put(alive.service(), nanoTime.getAsLong());
        }
    }

    /** Those of which no instance was heard for too long, sorted; all of them where no broker answers. */
    Set<String> silent(Set<String> expected) {
        long now = nanoTime.getAsLong();
        Set<String> silent = new TreeSet<>(expected);
        silent.removeIf(service -> heard.containsKey(service) && now - heard.get(service) <= silentAfter.toNanos());
        return silent;
    }
}
