package dev.holdfast.scheduler.alert;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Gauges that are there as long as their value is known: a service that has just started shows nothing that it does not know. */
final class Shown {

    private final MeterRegistry registry;
    private final Map<Series, Value> series = new HashMap<>();

    private record Series(String name, Tags tags) {
    }

    private static final class Value {
        private volatile double now;
        private Meter meter;
    }

    Shown(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param name with dots; what Prometheus calls it has underscores */
    synchronized void show(String name, String description, Tags tags, OptionalDouble value) {
        Series key = new Series(name, tags);
        if (value.isEmpty()) {
            Value gone = series.remove(key);
            if (gone != null) {
                registry.remove(gone.meter);
            }
            return;
        }
        Value shown = series.computeIfAbsent(key, ignored -> new Value());
        shown.now = value.getAsDouble();
        if (shown.meter == null) {
            shown.meter = Gauge.builder(name, shown, known -> known.now).tags(tags).description(description).register(registry);
        }
    }
}
