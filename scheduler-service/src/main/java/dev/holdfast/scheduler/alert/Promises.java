package dev.holdfast.scheduler.alert;

import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.schedule.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a database's policy promises, where it follows from something else. */
public final class Promises {

    /** Added to the longest gap of a schedule: a dump and its proof take their time. */
    static final Duration SLACK = Duration.ofHours(2);

    /** Where counting begins: the same for everybody, with a leap day ahead. */
    private static final Instant ANCHOR = Instant.parse("2024-01-01T00:00:00Z");
    private static final Instant FAR = Instant.parse("2029-01-01T00:00:00Z");
    private static final int FIRES = 5_000;

    private static final Map<Schedule, Duration> GAPS = new ConcurrentHashMap<>();

    private Promises() {
    }

    private record Schedule(String cron, ZoneId zone) {
    }

    /**
     * The greatest age of the newest verified backup: {@code rpo}, else the schedule's longest gap (or a day or a week, where
     * only one backup in each is proven) and {@link #SLACK}; empty with neither.
     */
    public static Optional<Duration> rpo(HoldfastConfig.Database database) {
        return database.objectives().rpo().or(() -> database.cron().map(cron -> {
            Duration gap = GAPS.computeIfAbsent(new Schedule(cron, database.zone()), Promises::longestGap);
            Duration proofs = proofsEvery(database);
            return (gap.compareTo(proofs) > 0 ? gap : proofs).plus(SLACK);
        }));
    }

    /** Of how much time one backup is proven; zero where every one is, or none. */
    static Duration proofsEvery(HoldfastConfig.Database database) {
        return switch (database.verify().every()) {
            case "daily" -> Duration.ofDays(1);
            case "weekly" -> Duration.ofDays(7);
            default -> Duration.ZERO;
        };
    }

    static boolean provesNothing(HoldfastConfig.Database database) {
        return database.verify().every().equals("never");
    }

    /** Between two fire times, of five thousand or of five years, so that the weekends of office hours to the minute and moved clocks are among them. */
    private static Duration longestGap(Schedule of) {
        CronSchedule schedule = CronSchedule.parse(of.cron(), of.zone());
        Duration longest = Duration.ZERO;
        Instant fired = schedule.next(ANCHOR);
        for (int i = 0; i < FIRES && fired.isBefore(FAR); i++) {
            Instant next = schedule.next(fired);
            Duration gap = Duration.between(fired, next);
            longest = gap.compareTo(longest) > 0 ? gap : longest;
            fired = next;
        }
        return longest;
    }
}
