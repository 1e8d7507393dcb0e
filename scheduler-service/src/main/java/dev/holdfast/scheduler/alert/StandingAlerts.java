package dev.holdfast.scheduler.alert;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The alerts that were raised and not resolved: a fold over the log, so that a restart raises nothing twice. Bears every
 * event twice, and raised after resolved, since alerts about no database have no key and so no order.
 */
public final class StandingAlerts {

    /** Resolved alerts that are remembered; an echo of an older one would be months late. */
    private static final int RESOLVED_REMEMBERED = 50_000;

    private final Map<AlertKey, StandingAlert> standing = new HashMap<>();
    private final Map<AlertKey, Instant> resolved = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AlertKey, Instant> eldest) {
            return size() > RESOLVED_REMEMBERED;
        }
    };

    /** Folds one event in; others, and alerts that do not last, change nothing. */
    public synchronized void apply(Event<? extends Payload> event) {
        switch (event.data()) {
            case AlertRaised e -> AlertName.named(e.alert()).ifPresent(name -> raised(event, e, name));
            case AlertResolved e -> AlertName.named(e.alert()).ifPresent(name -> over(name.of(e.database(), e.about()), e.since()));
            default -> { }
        }
    }

    private void raised(Event<? extends Payload> event, AlertRaised e, AlertName name) {
        if (e.since() == null && !name.isToldElsewhere()) {
            return; // a happening of that name is not one of these
        }
        AlertKey key = name.of(e.database(), e.about());
        Instant since = e.since() == null ? event.time() : e.since();
        Instant ended = resolved.get(key);
        if (ended != null && !since.isAfter(ended)) {
            return;
        }
        StandingAlert known = standing.get(key);
        int reminder = Objects.requireNonNullElse(e.reminder(), 0);
        if (known == null || reminder > known.reminder()) {
            standing.put(key, new StandingAlert(key, e.severity(), e.reason(), e.nextStep(), known == null ? since : known.since(),
                    event.time(), reminder, e.since() == null || known != null && known.elsewhere(), event.correlationId()));
        }
    }

    private void over(AlertKey key, Instant since) {
        StandingAlert known = standing.get(key);
        if (known != null && (since == null || !known.since().isAfter(since))) {
            standing.remove(key);
        }
        if (since != null) {
            resolved.merge(key, since, (one, other) -> one.isAfter(other) ? one : other);
        }
    }

    synchronized Optional<StandingAlert> find(AlertKey key) {
        return Optional.ofNullable(standing.get(key));
    }

    /** When the one that was resolved last began: another one must begin later, to be told from it. */
    synchronized Optional<Instant> resolved(AlertKey key) {
        return Optional.ofNullable(resolved.get(key));
    }

    /** Oldest first. */
    public synchronized List<StandingAlert> all() {
        return standing.values().stream().sorted(Comparator.comparing(StandingAlert::since)
                .thenComparing(alert -> alert.key().toString())).toList();
    }
}
