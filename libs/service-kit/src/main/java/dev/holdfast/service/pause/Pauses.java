package dev.holdfast.service.pause;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is paused, a fold over the log. Of paused and resumed for the same database and activity the one with the latest time
 * counts, since an event about all databases has no key and so no order beside the others. A pause that is told again keeps
 * the time of its first telling: one that was resumed meanwhile does not come back.
 */
public final class Pauses {

    private final Map<Key, Pause> newest = new HashMap<>();
    private final Map<Key, Instant> told = new HashMap<>();

    private record Key(String database, String activity) {
    }

    /** @param database null where it is about all */
    public record Pause(String database, String activity, boolean paused, String requester, String reason, Instant since) {
    }

    /**
     * Folds one event in; others change nothing.
     *
     * @param appended the broker's time, since those who ask have clocks of their own
     */
    public synchronized void apply(Event<? extends Payload> event, Instant appended) {
        switch (event.data()) {
            case ActivityPaused e -> put(new Pause(e.database(), e.activity(), true, e.requester(), e.reason(),
                    Objects.requireNonNullElse(e.since(), appended)), appended);
            case ActivityResumed e -> put(new Pause(e.database(), e.activity(), false, e.requester(), e.reason(), appended), appended);
            default -> { }
        }
    }

    /** The pause that holds for a database: its own, or one of all. */
    public synchronized Optional<Pause> of(String database, String activity) {
        return Optional.ofNullable(newest.get(new Key(database, activity))).filter(Pause::paused)
                .or(() -> Optional.ofNullable(newest.get(new Key(null, activity))).filter(Pause::paused));
    }

    /** When the newest pause ended, its own or one of all; empty where none did. */
    public synchronized Optional<Instant> resumed(String database, String activity) {
        return Stream.of(new Key(database, activity), new Key(null, activity)).map(newest::get).filter(Objects::nonNull)
                .filter(pause -> !pause.paused()).map(Pause::since).max(Comparator.naturalOrder());
    }

    /** Every pause that holds, oldest first. */
    public synchronized List<Pause> all() {
        return newest.values().stream().filter(Pause::paused).sorted(Comparator.comparing(Pause::since)).toList();
    }

    /** The pauses that hold and that the log has not told since: it will forget them first. */
    public synchronized List<Pause> notToldSince(Instant when) {
        return all().stream().filter(pause -> told.get(new Key(pause.database(), pause.activity())).isBefore(when)).toList();
    }

    private void put(Pause pause, Instant appended) {
        Key key = new Key(pause.database(), pause.activity());
        Pause before = newest.get(key);
        if (before == null || !pause.since().isBefore(before.since())) {
            newest.put(key, pause);
            told.merge(key, appended, (one, other) -> one.isAfter(other) ? one : other);
        }
    }
}
