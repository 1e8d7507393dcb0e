package dev.holdfast.scheduler.status;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The alerts that last and are not over, a fold over the log. One that tells of a single happening has no {@code since} and
 * does not stand. Bears events twice: what is resolved does not stand again for the same since.
 */
public final class StandingAlerts {

    private static final List<String> WORST_FIRST = List.of("critical", "warning");

    private final Map<Key, Status.StandingAlert> standing = new HashMap<>();
    private final Map<Key, Instant> resolved = new HashMap<>();

    private record Key(String database, String alert, String about) {
    }

    /** Folds one event in; others change nothing. */
    public synchronized void apply(Event<? extends Payload> event) {
        switch (event.data()) {
            case AlertRaised e when e.since() != null -> raised(e);
            case AlertResolved e when e.since() != null -> resolved(e);
            default -> { }
        }
    }

    /** Worst first, then oldest first. */
    public synchronized List<Status.StandingAlert> all() {
        List<Status.StandingAlert> all = new ArrayList<>(standing.values());
        all.sort(Comparator.comparingInt((Status.StandingAlert alert) -> rank(alert.severity()))
                .thenComparing(Status.StandingAlert::since).thenComparing(Status.StandingAlert::alert)
                .thenComparing(alert -> String.valueOf(alert.database())));
        return all;
    }

    private void raised(AlertRaised e) {
        Key key = new Key(e.database(), e.alert(), e.about());
        Instant over = resolved.get(key);
        if (over == null || e.since().isAfter(over)) {
            standing.put(key, new Status.StandingAlert(e.database(), e.alert(), e.severity(), e.about(), e.reason(), e.nextStep(), e.since()));
        }
    }

    private void resolved(AlertResolved e) {
        Key key = new Key(e.database(), e.alert(), e.about());
        resolved.merge(key, e.since(), (before, now) -> now.isAfter(before) ? now : before);
        standing.computeIfPresent(key, (same, alert) -> alert.since().isAfter(e.since()) ? alert : null);
    }

    private static int rank(String severity) {
        int rank = WORST_FIRST.indexOf(severity);
        return rank < 0 ? WORST_FIRST.size() : rank;
    }
}
