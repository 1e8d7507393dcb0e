package dev.holdfast.retention.plan;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/** A stretch of the calendar that keeps one backup. */
enum Period {
    DAY("daily"),
    WEEK("weekly"),
    MONTH("monthly"),
    YEAR("yearly");

    private final String rule;

    Period(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }

    /** The first day of the period that {@code date} lies in. */
    LocalDate begin(LocalDate date) {
        return switch (this) {
            case DAY -> date;
            case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> date.withDayOfMonth(1);
            case YEAR -> date.withDayOfYear(1);
        };
    }

    /** For a message: {@code day 2026-02-03}, {@code month 2026-02}. */
    String describe(LocalDate begin) {
        return switch (this) {
            case DAY -> "day " + begin;
            case WEEK -> "the week of " + begin;
            case MONTH -> "month " + begin.toString().substring(0, 7);
            case YEAR -> "year " + begin.getYear();
        };
    }
}
