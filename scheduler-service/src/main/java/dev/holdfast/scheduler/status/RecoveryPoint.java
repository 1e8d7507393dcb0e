package dev.holdfast.scheduler.status;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.schedule.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The greatest age that is promised for the newest verified backup: the policy's, or what its schedule can hold. */
final class RecoveryPoint {

    private static final Duration TO_BE_MADE_AND_PROVEN = Duration.ofHours(2);

    /** Enough for the nights and weekends of a schedule that fires each minute, and for the months of a rare one. */
    private static final int FIRES = 5_000;
    private static final Duration AHEAD = Duration.ofDays(800);

    private final Map<Fires, Duration> gaps = new ConcurrentHashMap<>();

    private record Fires(String cron, ZoneId zone) {
    }

    /** Empty where neither is there. */
    Optional<Duration> of(HoldfastConfig.Database database, Instant now) {
        return database.objectives().rpo().or(() -> database.cron().map(cron ->
                gaps.computeIfAbsent(new Fires(cron, database.zone()), fires -> longestGap(fires, now)).plus(TO_BE_MADE_AND_PROVEN)));
    }

    private static Duration longestGap(Fires fires, Instant now) {
        CronSchedule schedule = CronSchedule.parse(fires.cron(), fires.zone());
        Duration longest = Duration.ZERO;
        Instant before = schedule.next(now);
        for (int i = 0; i < FIRES && before.isBefore(now.plus(AHEAD)); i++) {
            Instant next = schedule.next(before);
            Duration gap = Duration.between(before, next);
            longest = gap.compareTo(longest) > 0 ? gap : longest;
            before = next;
        }
        return longest;
    }
}
