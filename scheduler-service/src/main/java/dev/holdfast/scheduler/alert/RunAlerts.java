package dev.holdfast.scheduler.alert;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.service.schedule.Blackout;
import dev.holdfast.service.schedule.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Missed, stuck, failed, paused: what became of the runs of a database. */
final class RunAlerts {

    /** A dump, or a proof, of which nothing moves for so long: no byte and no phase. Proofs build indexes without any bytes. */
    static final Duration STILL = Duration.ofMinutes(30);
    static final Duration STILL_PROOF = Duration.ofHours(2);

    /** So many times the median of the recent ones is too long, and at least {@link #STILL} more than it. */
    static final int TIMES = 3;

    static final Duration PAUSED = Duration.ofDays(1);

    private RunAlerts() {
    }

    static void find(DatabaseView view, Instant now, Findings findings) {
        findings.stands(missed(view, now));
        findings.stands(failed(view));
        findings.stands(view.pause().filter(pause -> pause.database() != null).flatMap(pause -> paused(pause, now)));
        for (OpenRun run : view.runs().open()) {
            stuck(view, run, now, findings);
        }
    }

    static Optional<Alert> paused(Pauses.Pause pause, Instant now) {
        return now.isBefore(pause.since().plus(PAUSED)) ? Optional.empty() : Optional.of(Alert.of(AlertName.PAUSED, pause.database(),
                pause.activity(), pause.since(), pause.activity() + " is paused since " + pause.since() + " by " + pause.requester()
                        + (pause.reason() == null ? "" : ": " + pause.reason())));
    }

    /** The newest fire time that ought to have begun by now did not. A run that was deferred has begun, and says so itself. */
    private static Optional<Alert> missed(DatabaseView view, Instant now) {
        HoldfastConfig.Database database = view.database();
        if (database.cron().isEmpty() || view.pause().isPresent()) {
            return Optional.empty();
        }
        Duration allowed = database.politeness().jitter().plus(database.supervision().grace());
        Instant fire = CronSchedule.parse(database.cron().get(), database.zone()).previous(now.minus(allowed).plusNanos(1));
        Instant due = blackoutEnd(database, fire.plus(database.politeness().jitter())).map(end -> end.plus(database.supervision().grace()))
                .orElse(fire.plus(allowed));
        boolean asked = fire.isAfter(view.knownSince()) && view.resumed().map(fire::isAfter).orElse(true);
        boolean begun = view.runs().begun().filter(newest -> !newest.isBefore(fire)).isPresent()
                || view.entries().stream().anyMatch(entry -> Catalog.isStored(entry) && !entry.fireTime().isBefore(fire));
        return asked && !begun && !now.isBefore(due) ? Optional.of(Alert.of(AlertName.MISSED, view.alias(), null, due,
                "the backup of " + fire + " had not begun by " + due)) : Optional.empty();
    }

    private static Optional<Instant> blackoutEnd(HoldfastConfig.Database database, Instant at) {
        return database.politeness().blackouts().stream().map((Blackout window) -> window.end(at, database.zone()))
                .flatMap(Optional::stream).max(Instant::compareTo);
    }

    private static Optional<Alert> failed(DatabaseView view) {
        return view.runs().failure().filter(failure -> view.stored().stream().noneMatch(entry -> !entry.fireTime().isBefore(failure.fireTime())))
                .map(failure -> Alert.of(AlertName.FAILED, view.alias(), null, failure.since(), "the backup " + failure.backupId()
                        + " failed: " + failure.reason() + (failure.count() > 1 ? " (" + failure.count() + " in a row)" : ""))
                        .withNextStep(failure.nextStep()));
    }

    private static void stuck(DatabaseView view, OpenRun run, Instant now, Findings findings) {
        AlertKey key = AlertName.STUCK.of(view.alias(), run.id());
        if (run.isWaiting(now)) {
            Instant from = blackoutEnd(view.database(), run.since()).filter(end -> end.isAfter(run.waiting())).orElse(run.waiting());
            if (now.isAfter(from.plus(view.database().supervision().grace()))) {
                findings.stands(new Alert(key, AlertName.STUCK.severity(), run.waiting(), "the run " + run.id() + " waits since "
                        + run.waiting() + ": " + run.reason(), AlertName.STUCK.nextStep()));
            }
        } else if (run.state() == OpenRun.State.STARTED) {
            running(view, run, key, now, findings);
        }
    }

    private static void running(DatabaseView view, OpenRun run, AlertKey key, Instant now, Findings findings) {
        boolean backup = run.activity().equals(RunHistory.BACKUP);
        Duration still = backup ? STILL : STILL_PROOF;
        OpenRun.Movement movement = run.movement();
        Optional<Duration> longest = backup ? longest(view, run) : Optional.empty();
        if (movement != null && view.elapsed() - movement.sign() > still.toMillis()) {
            findings.stands(new Alert(key, AlertName.STUCK.severity(), movement.told(), "the run " + run.id() + " on " + run.worker()
                    + " does not move since " + movement.told() + ": " + movement.phase() + ", " + Texts.bytes(movement.bytes()),
                    AlertName.STUCK.nextStep()));
        } else if (longest.isPresent() && now.isAfter(run.since().plus(longest.get()))) {
            findings.stands(new Alert(key, AlertName.STUCK.severity(), run.since().plus(longest.get()), "the run " + run.id() + " on "
                    + run.worker() + " takes " + Texts.of(Duration.between(run.since(), now)) + ", far longer than those before it",
                    AlertName.STUCK.nextStep()));
        } else if (movement == null || movement.first()) {
            findings.unknown(key);
        }
    }

    /** How long a run may take, by those before it; empty where they are too few. */
    private static Optional<Duration> longest(DatabaseView view, OpenRun run) {
        List<Double> recent = view.stored().stream().filter(entry -> !entry.backupId().equals(run.backupId()))
                .map(CatalogEntry::durationSeconds).filter(Objects::nonNull).limit(SizeAlerts.RECENT).toList();
        return SizeAlerts.median(recent).map(median -> Duration.ofMillis((long) (Math.max(TIMES * median, median + STILL.toSeconds()) * 1000)));
    }
}
