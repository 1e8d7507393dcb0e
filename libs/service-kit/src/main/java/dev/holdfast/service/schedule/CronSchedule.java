package dev.holdfast.service.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A cron expression in a time zone: minute, hour, day of month, month, day of week, with names, lists, ranges and steps
 * as in crontab(5), or one of {@code @hourly @daily @midnight @weekly @monthly @yearly @annually}. Where both day fields
 * are restricted (written without {@code *}), a day that matches either is due.
 *
 * <p>When the clock is moved: a schedule with a {@code *} in its minute or hour field follows elapsed time, so it fires
 * whenever the local clock shows a matching minute, and twice in a repeated hour. Any other schedule has fixed times: one
 * that falls into the gap fires at the gap's end (once, however many fall into it), one in the overlap fires at its first
 * occurrence only.
 */
public final class CronSchedule {

    private static final Map<String, String> MACROS = Map.of(
            "@hourly", "0 * * * *", "@daily", "0 0 * * *", "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *");

    /** 29 February on one weekday comes every 28 years, and 40 across 2100. */
    private static final int YEARS_TO_SEARCH = 41;

    private final String expression;
    private final ZoneId zone;
    private final CronField minute;
    private final CronField hour;
    private final CronField dayOfMonth;
    private final CronField month;
    private final CronField dayOfWeek;

    private CronSchedule(String expression, ZoneId zone, String[] fields) {
        this.expression = expression;
        this.zone = zone;
        this.minute = CronField.parse(CronField.Kind.MINUTE, fields[0]);
        this.hour = CronField.parse(CronField.Kind.HOUR, fields[1]);
        this.dayOfMonth = CronField.parse(CronField.Kind.DAY_OF_MONTH, fields[2]);
        this.month = CronField.parse(CronField.Kind.MONTH, fields[3]);
        this.dayOfWeek = CronField.parse(CronField.Kind.DAY_OF_WEEK, fields[4]);
    }

    /**
     * @throws IllegalArgumentException naming the field, what was found and what is accepted; also for a date that no
     *                                  year has (31 February)
     */
    public static CronSchedule parse(String expression, ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        String text = Objects.requireNonNull(expression, "expression").strip();
        String expanded = text.startsWith("@") ? MACROS.get(text.toLowerCase(Locale.ROOT)) : text;
        if (expanded == null) {
            throw new IllegalArgumentException("cron expression '" + text
                    + "' is not known; accepted: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually");
        }
        String[] fields = expanded.split("\\s+");
        if (fields.length != 5 || expanded.isEmpty()) {
            throw new IllegalArgumentException("cron expression '" + text + "' has " + (expanded.isEmpty() ? 0 : fields.length)
                    + " fields; accepted: 5 (minute hour day-of-month month day-of-week) or @daily and the like");
        }
        try {
            CronSchedule schedule = new CronSchedule(text, zone, fields);
            schedule.nextOrSame(LocalDate.of(2000, 1, 1).atStartOfDay());
            return schedule;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cron expression '" + text + "': " + e.getMessage(), e);
        }
    }

    public String expression() {
        return expression;
    }

    public ZoneId zone() {
        return zone;
    }

    /** Whether it follows elapsed time instead of fixed times of day. */
    public boolean followsElapsedTime() {
        return minute.wildcard() || hour.wildcard();
    }

    /** The first fire time after (never at) {@code after}. */
    public Instant next(Instant after) {
        return followsElapsedTime() ? nextElapsed(after) : nextFixed(after);
    }

    /** The last fire time before (never at) {@code before}. */
    public Instant previous(Instant before) {
        for (long hours = 1; hours < 24L * 366 * 2 * YEARS_TO_SEARCH; hours *= 6) {
            Instant found = between(before.minus(hours, ChronoUnit.HOURS), before).reduce(null, (earlier, later) -> later);
            if (found != null) {
                return found;
            }
        }
        throw new IllegalStateException("no fire time of '" + expression + "' before " + before);
    }

    /** Every fire time in {@code [from, to)}, in order, computed as it is read. */
    public Stream<Instant> between(Instant from, Instant to) {
        return Stream.iterate(next(from.minusNanos(1)), fire -> fire.isBefore(to), this::next);
    }

    /** Offsets are constant between two transitions, so each stretch is searched in plain local time. */
    private Instant nextElapsed(Instant after) {
        ZoneRules rules = zone.getRules();
        Instant from = after.plusNanos(1);
        while (true) {
            ZoneOffset offset = rules.getOffset(from);
            Instant found = nextOrSame(wholeMinute(LocalDateTime.ofInstant(from, offset))).toInstant(offset);
            ZoneOffsetTransition transition = rules.nextTransition(from);
            if (transition == null || found.isBefore(transition.getInstant())) {
                return found;
            }
            from = transition.getInstant();
        }
    }

    /** Local times map to instants in order (the gap to its end, the overlap to its first pass): the first later one is next. */
    private Instant nextFixed(Instant after) {
        LocalDateTime candidate = nextOrSame(wholeMinute(LocalDateTime.ofInstant(after, zone)));
        while (true) {
            Instant found = fixed(candidate);
            if (found.isAfter(after)) {
                return found;
            }
            candidate = nextOrSame(candidate.plusMinutes(1));
        }
    }

    private Instant fixed(LocalDateTime local) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        if (transition != null && transition.isGap()) {
            return transition.getInstant();
        }
        return local.toInstant(zone.getRules().getValidOffsets(local).getFirst());
    }

    private static LocalDateTime wholeMinute(LocalDateTime time) {
        LocalDateTime minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? minute : minute.plusMinutes(1);
    }

    /** The first matching local minute at or after {@code from}, which is a whole minute. */
    private LocalDateTime nextOrSame(LocalDateTime from) {
        LocalDate date = from.toLocalDate();
        if (matches(date)) {
            LocalDateTime today = nextOrSameOn(date, from.getHour(), from.getMinute());
            if (today != null) {
                return today;
            }
        }
        return nextOrSameOn(nextDate(date.plusDays(1)), 0, 0);
    }

    private LocalDateTime nextOrSameOn(LocalDate date, int fromHour, int fromMinute) {
        int inHour = hour.allows(fromHour) ? minute.nextOrSame(fromMinute) : -1;
        if (inHour >= 0) {
            return date.atTime(fromHour, inHour);
        }
        int later = hour.nextOrSame(fromHour + 1);
        return later < 0 ? null : date.atTime(later, minute.nextOrSame(0));
    }

    private LocalDate nextDate(LocalDate from) {
        LocalDate date = from;
        while (!matches(date)) {
            date = month.allows(date.getMonthValue()) ? date.plusDays(1) : date.withDayOfMonth(1).plusMonths(1);
            if (date.getYear() - from.getYear() > YEARS_TO_SEARCH) {
                throw new IllegalArgumentException("no year has such a date; accepted: a day that one of the months has");
            }
        }
        return date;
    }

    private boolean matches(LocalDate date) {
        if (!month.allows(date.getMonthValue())) {
            return false;
        }
        boolean byDate = dayOfMonth.allows(date.getDayOfMonth());
        boolean byWeekday = dayOfWeek.allows(date.getDayOfWeek().getValue() % 7);
        boolean bothRestricted = !dayOfMonth.wildcard() && !dayOfWeek.wildcard();
        return bothRestricted ? byDate || byWeekday : byDate && byWeekday;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronSchedule schedule && expression.equals(schedule.expression) && zone.equals(schedule.zone);
    }

    @Override
    public int hashCode() {
        return Objects.hash(expression, zone);
    }

    @Override
    public String toString() {
        return expression + " (" + zone + ")";
    }
}
