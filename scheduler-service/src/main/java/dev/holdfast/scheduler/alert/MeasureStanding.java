package dev.holdfast.scheduler.alert;

import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.service.config.HoldfastConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Shows how each database stands against what is promised for it, how the queues and services do, and which alerts stand
 * (docs/metrics.md). Every instance shows all of it, since every instance knows it.
 */
final class MeasureStanding {

    private final HoldfastConfig config;
    private final Predicate<Collection<String>> read;
    private final Shown shown;
    private final Map<AlertKey, String> raised = new HashMap<>();

    /** @param read whether all of the named repositories were read since the start */
    MeasureStanding(HoldfastConfig config, Predicate<Collection<String>> read, MeterRegistry registry) {
        this.config = config;
        this.read = read;
        this.shown = new Shown(registry);
    }

    /** One queue: how much is in it, where that can be told, and since when what has waited longest waits. */
    record Queue(String name, Optional<Long> depth, Optional<Instant> oldest) {
    }

    void database(DatabaseView view, Instant now) {
        Tags tags = Tags.of("database", view.alias());
        HoldfastConfig.Database database = view.database();
        Optional<Instant> newest = view.newestVerified();
        boolean knownToBeNone = newest.isEmpty() && read.test(database.repositories());
        show("holdfast.next.run.timestamp.seconds", "When the next scheduled backup is due", tags,
                view.pause().isPresent() ? Optional.empty() : FireSchedules.next(database, now).map(MeasureStanding::seconds));
        show("holdfast.newest.verified.timestamp.seconds", "Snapshot time of the newest verified backup, 0 for never", tags,
                newest.map(MeasureStanding::seconds).or(() -> knownToBeNone ? Optional.of(0.0) : Optional.empty()));
        show("holdfast.proven.rpo.seconds", "Age of the newest verified backup", tags, newest.map(snapshot -> seconds(Duration.between(snapshot, now))));
        show("holdfast.proven.rto.seconds", "How long the newest proven restore took", tags,
                ProofAlerts.provenRestore(view).map(entry -> entry.restoreSeconds()));
        show("holdfast.objective.rpo.seconds", "Greatest age of the newest verified backup", tags, Promises.rpo(database).map(MeasureStanding::seconds));
        show("holdfast.objective.rto.seconds", "Longest restore", tags, database.objectives().rto().map(MeasureStanding::seconds));
        List<Long> sizes = SizeAlerts.sizes(view);
        show("holdfast.usual.size.bytes", "Median of the stored sizes of the backups before the newest", tags,
                SizeAlerts.median(sizes.stream().skip(1).map(Long::doubleValue).toList()));
    }

    void queue(Queue queue, Instant now) {
        Tags tags = Tags.of("queue", queue.name());
        show("holdfast.queue.depth", "Requests that nobody has taken", tags, queue.depth().map(Long::doubleValue));
        show("holdfast.queue.oldest.seconds", "How long the request waits that has waited longest, 0 where none does", tags,
                Optional.of(queue.oldest().map(oldest -> seconds(Duration.between(oldest, now))).orElse(0.0)));
    }

    /** @param expected the services that ought to live, by name */
    void services(Heartbeats.Snapshot beats, Set<String> expected) {
        for (String service : expected) {
            boolean known = beats.heardFor().compareTo(Heartbeats.GONE) >= 0 || beats.silent().containsKey(service);
            show("holdfast.services.living", "Instances that beat", Tags.of("name", service), known ? Optional.of((double)
                    beats.instances().stream().filter(instance -> instance.service().equals(service)).count()) : Optional.empty());
        }
    }

    /** What was resolved goes on as 0, so that its end is seen. */
    void alerts(List<StandingAlert> standing) {
        raised.replaceAll((key, severity) -> {
            shown(key, severity, 0);
            return severity;
        });
        for (StandingAlert alert : standing) {
            String before = raised.put(alert.key(), alert.severity());
            if (before != null && !before.equals(alert.severity())) {
                shown(alert.key(), before, 0);
            }
            shown(alert.key(), alert.severity(), 1);
        }
    }

    private void shown(AlertKey key, String severity, double value) {
        show("holdfast.alert", "1 while an alert stands", Tags.of("alert", key.name().text(), "database", text(key.database()),
                "about", text(key.about()), "severity", severity), Optional.of(value));
    }

    private void show(String name, String description, Tags tags, Optional<Double> value) {
        shown.show(name, description, tags, value.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private static String text(String orNull) {
        return orNull == null ? "" : orNull;
    }

    private static double seconds(Instant instant) {
        return instant.getEpochSecond();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
