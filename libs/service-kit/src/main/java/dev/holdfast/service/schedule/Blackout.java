package dev.holdfast.service.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A window of the week in which no scheduled run starts: {@code Mon-Fri 08:00-18:00}, {@code Sat,Sun 00:00-24:00},
 * {@code daily 23:30-01:00}. One that ends before it begins ends on the next day and belongs to the day it begins on. Times
 * are wall-clock times: where the clock is put forward over an edge, the window begins or ends when the clock moves.
 *
 * @param to midnight where it is written 24:00
 */
public record Blackout(Set<DayOfWeek> days, LocalTime from, LocalTime to) {

    private static final Pattern FORM = Pattern.compile("(\\S+)\\s+(\\d\\d:\\d\\d)\\s*-\\s*(\\d\\d:\\d\\d)");

    /** @throws IllegalArgumentException where the text has another form; the message says what is wrong, without the text */
    public static Blackout parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is no window of the form \"Mon-Fri 08:00-18:00\"");
        }
        LocalTime from = time(matcher.group(2));
        LocalTime to = matcher.group(3).equals("24:00") ? LocalTime.MIDNIGHT : time(matcher.group(3));
        if (from.equals(to) && !matcher.group(3).equals("24:00")) {
            throw new IllegalArgumentException("is empty: it ends when it begins");
        }
        return new Blackout(days(matcher.group(1)), from, to);
    }

    /** When the window that covers this moment ends; empty outside. */
    public Optional<Instant> end(Instant moment, ZoneId zone) {
        LocalDate today = moment.atZone(zone).toLocalDate();
        for (LocalDate day : new LocalDate[] {today, today.minusDays(1)}) {
            if (days.contains(day.getDayOfWeek())) {
                Instant begin = ZonedDateTime.of(day, from, zone).toInstant();
                Instant end = ZonedDateTime.of(to.isAfter(from) ? day : day.plusDays(1), to, zone).toInstant();
                if (!moment.isBefore(begin) && moment.isBefore(end)) {
                    return Optional.of(end);
                }
            }
        }
        return Optional.empty();
    }

    private static LocalTime time(String text) {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("has a time that no clock shows", e);
        }
    }

    private static Set<DayOfWeek> days(String text) {
        if (text.equalsIgnoreCase("daily")) {
            return EnumSet.allOf(DayOfWeek.class);
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",")) {
            String[] ends = part.split("-", 2);
            DayOfWeek last = day(ends[ends.length - 1]);
            for (DayOfWeek day = day(ends[0]);; day = day.plus(1)) {
                days.add(day);
                if (day == last) {
                    break;
                }
            }
        }
        return days;
    }

    private static DayOfWeek day(String text) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (text.length() >= 3 && day.name().startsWith(text.toUpperCase(Locale.ROOT))) {
                return day;
            }
        }
        throw new IllegalArgumentException("has a day that is none of Mon, Tue, Wed, Thu, Fri, Sat, Sun, daily");
    }
}
