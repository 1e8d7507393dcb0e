package dev.holdfast.service.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {

    private static final Instant TEN_YEARS_FROM = Instant.parse("2008-06-15T00:00:00Z");
    private static final Instant TEN_YEARS_TO = Instant.parse("2018-06-15T00:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0 2 * * *            | 2026-02-03T02:00:00Z | 2026-02-04T02:00:00Z",
        "0 2 * * *            | 2026-02-03T01:59:59.999Z | 2026-02-03T02:00:00Z",
        "*/15 * * * *         | 2026-02-03T02:00:00Z | 2026-02-03T02:15:00Z",
        "30 6-18/4 * * *      | 2026-02-03T10:30:00Z | 2026-02-03T14:30:00Z",
        "0 0 * * 7            | 2026-02-03T00:00:00Z | 2026-02-08T00:00:00Z",
        "0 0 * * sat-sun      | 2026-02-07T00:00:00Z | 2026-02-08T00:00:00Z",
        "0 0 * * MON,wed      | 2026-02-03T00:00:00Z | 2026-02-04T00:00:00Z",
        "0 0 29 feb *         | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z",
        "0 0 13 * FRI         | 2026-02-03T00:00:00Z | 2026-02-06T00:00:00Z",
        "0 0 13 * FRI         | 2026-04-11T00:00:00Z | 2026-04-13T00:00:00Z",
        "0 0 */13 * FRI       | 2026-02-03T00:00:00Z | 2026-02-27T00:00:00Z",
        "@daily               | 2026-02-03T00:00:00Z | 2026-02-04T00:00:00Z",
        "@Weekly              | 2026-02-03T00:00:00Z | 2026-02-08T00:00:00Z",
        "@monthly             | 2026-02-03T00:00:00Z | 2026-03-01T00:00:00Z",
        "@yearly              | 2026-02-03T00:00:00Z | 2027-01-01T00:00:00Z",
        "@hourly              | 2026-02-03T00:00:00Z | 2026-02-03T01:00:00Z",
    })
    void the_next_fire_time_is_the_first_matching_minute_after(String cron, Instant after, Instant next) {
        CronSchedule schedule = CronSchedule.parse(cron, ZoneOffset.UTC);
        Instant found = schedule.next(after);
        assertThat(found).isEqualTo(next);
        assertThat(schedule.previous(found.plusSeconds(1))).isEqualTo(found);
        assertThat(schedule.previous(found)).isBeforeOrEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``               | has 0 fields",
        "0 2 * *          | has 4 fields",
        "0 0 2 * * *      | has 6 fields",
        "60 2 * * *       | minute field '60': '60' is out of range; accepted: 0-59",
        "0 24 * * *       | hour field '24': '24' is out of range; accepted: 0-23",
        "0 2 0 * *        | day of month field '0': '0' is out of range; accepted: 1-31",
        "0 2 * 13 *       | month field '13': '13' is out of range; accepted: 1-12, JAN-DEC",
        "0 2 * * 8        | day of week field '8': '8' is out of range; accepted: 0-7 (0 and 7 are Sunday), SUN-SAT",
        "0 2 * * MONDAY   | 'MONDAY' is not understood",
        "0 -2 * * *       | '-2' is not understood",
        "0 2, * * *       | '' is not understood",
        "0 4-2 * * *      | the range '4-2' ends before it begins",
        "5/15 * * * *     | a step needs a range, '5/15' has none (write 5-59/15)",
        "*/0 * * * *      | the step of '*/0' must be 1-59",
        "*/60 * * * *     | the step of '*/60' must be 1-59",
        "0 2 31 2 *       | no year has such a date",
        "0 2 31 4,6,9,11 *| no year has such a date",
        "0 2 L * *        | 'L' is not understood",
        "0 2 ? * *        | '?' is not understood",
        "@reboot          | accepted: @hourly, @daily",
        "0 ٢ * * *        | is not understood",
        "99999 * * * *    | '99999' is not understood",
    })
    void a_mistake_is_refused_with_field_found_and_accepted(String cron, String message) {
        assertThatThrownBy(() -> CronSchedule.parse(cron, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message)
                .hasMessageContaining("accepted: ").hasMessageContaining("'" + cron + "'");
    }

    @Test
    void a_fixed_time_inside_the_gap_runs_once_at_the_gaps_end() {
        assertThat(fires("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(fires("0,15,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"))
                .containsExactly("2026-03-29T01:00:00Z");
        assertThat(fires("30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z");
        assertThat(fires("0 12 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", "2012-01-01T00:00:00Z"))
                .as("noon of the day that Samoa skipped runs at that day's end")
                .containsExactly("2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z");
    }

    @Test
    void a_fixed_time_inside_the_overlap_runs_once() {
        assertThat(fires("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(fires("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z", "2026-04-05T20:00:00Z"))
                .containsExactly("2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z");
    }

    @Test
    void a_schedule_with_a_wildcard_follows_elapsed_time() {
        List<String> spring = fires("*/30 * * * *", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-08T09:00:00Z");
        List<String> autumn = fires("*/30 * * * *", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T08:00:00Z");
        for (List<String> fires : List.of(spring, autumn)) {
            assertThat(fires).hasSize(8);
            for (int i = 1; i < fires.size(); i++) {
                assertThat(Duration.between(Instant.parse(fires.get(i - 1)), Instant.parse(fires.get(i))))
                        .isEqualTo(Duration.ofMinutes(30));
            }
        }
        assertThat(fires("0 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"))
                .containsExactly("2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
        "Africa/Casablanca", "UTC"})
    void ten_years_of_daily_runs_have_exactly_one_run_per_local_day(String name) {
        ZoneId zone = ZoneId.of(name);
        for (String time : List.of("0 0", "30 0", "59 1", "0 2", "15 2", "30 2", "0 3", "59 23")) {
            List<Instant> fires = CronSchedule.parse(time + " * * *", zone).between(TEN_YEARS_FROM, TEN_YEARS_TO).toList();
            assertThat(fires).isSorted().doesNotHaveDuplicates();
            LocalDate first = LocalDate.ofInstant(fires.getFirst(), zone);
            LocalDate last = LocalDate.ofInstant(fires.getLast(), zone);
            List<LocalDate> days = fires.stream().map(fire -> LocalDate.ofInstant(fire, zone)).toList();
            Set<LocalDate> expected = first.datesUntil(last.plusDays(1)).collect(Collectors.toCollection(TreeSet::new));
            int extra = 0;
            if (name.equals("Pacific/Apia")) {
                LocalDate skipped = LocalDate.of(2011, 12, 30);
                expected.remove(skipped);
                // The skipped day's run comes at its end, which is the next day's midnight; there it is one with a midnight run.
                extra = time.equals("0 0") ? 0 : 1;
            }
            assertThat(new HashSet<>(days)).as("%s %s", name, time).isEqualTo(expected);
            assertThat(days).as("%s %s", name, time).hasSize(expected.size() + extra);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
        "Africa/Casablanca", "UTC"})
    void ten_years_of_quarter_hours_never_drift_from_elapsed_time(String name) {
        // Every offset of these zones is a multiple of 15 minutes, so local quarters are elapsed quarters.
        long count = CronSchedule.parse("*/15 * * * *", ZoneId.of(name)).between(TEN_YEARS_FROM, TEN_YEARS_TO).distinct().count();
        assertThat(count).isEqualTo(Duration.between(TEN_YEARS_FROM, TEN_YEARS_TO).toMinutes() / 15);
    }

    @Test
    void random_expressions_agree_with_a_walk_over_every_minute() {
        long seed = Long.getLong("holdfast.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<Instant> turns = List.of(Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-10-25T01:00:00Z"),
                Instant.parse("2026-03-08T07:00:00Z"), Instant.parse("2026-11-01T06:00:00Z"), Instant.parse("2026-04-04T15:00:00Z"),
                Instant.parse("2026-10-03T15:30:00Z"), Instant.parse("2011-12-30T10:00:00Z"), Instant.parse("2018-06-17T02:00:00Z"),
                Instant.parse("2026-02-28T12:00:00Z"), Instant.parse("2023-12-31T12:00:00Z"));
        List<String> zones = List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
                "Asia/Kathmandu", "Africa/Casablanca", "America/Godthab", "UTC");
        for (int i = 0; i < 400; i++) {
            MinuteWalk walk = MinuteWalk.random(random);
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            Instant from = turns.get(random.nextInt(turns.size())).minus(1 + random.nextInt(5000), ChronoUnit.MINUTES);
            Instant to = from.plus(9, ChronoUnit.DAYS);
            CronSchedule schedule = CronSchedule.parse(walk.expression(), zone);
            List<Instant> fires = schedule.between(from, to).toList();
            String what = walk.expression() + " in " + zone + " from " + from + ", seed " + seed;
            assertThat(fires).as(what).isEqualTo(walk.fires(zone, from, to));
            for (int at = Math.max(1, fires.size() - 20); at < fires.size(); at++) {
                assertThat(schedule.previous(fires.get(at))).as(what).isEqualTo(fires.get(at - 1));
            }
        }
    }

    private static List<String> fires(String cron, String zone, String from, String to) {
        return CronSchedule.parse(cron, ZoneId.of(zone)).between(Instant.parse(from), Instant.parse(to))
                .map(Instant::toString).toList();
    }

    /** An oracle that shares nothing with the schedule: it holds the allowed values as sets and looks at every minute. */
    private record MinuteWalk(String expression, List<Set<Integer>> values, boolean elapsed, boolean eitherDay) {

        static MinuteWalk random(Random random) {
            int[][] ranges = {{0, 59}, {0, 23}, {1, 28}, {1, 12}, {0, 6}};
            List<String> texts = new ArrayList<>();
            List<Set<Integer>> values = new ArrayList<>();
            for (int field = 0; field < 5; field++) {
                int low = ranges[field][0];
                int high = field == 2 ? 31 : ranges[field][1];
                Set<Integer> allowed = new TreeSet<>();
                int shape = random.nextInt(field < 2 ? 4 : 7);
                if (shape == 0 || shape > 3) {
                    texts.add("*");
                    Stream.iterate(low, value -> value + 1).limit(high - low + 1L).forEach(allowed::add);
                } else if (shape == 1) {
                    int step = 1 + random.nextInt(Math.min(6, high));
                    texts.add("*/" + step);
                    Stream.iterate(low, value -> value <= high, value -> value + step).forEach(allowed::add);
                } else if (shape == 2) {
                    int first = low + random.nextInt(ranges[field][1] - low);
                    int last = first + random.nextInt(ranges[field][1] - first + 1);
                    int step = 1 + random.nextInt(Math.min(4, high));
                    texts.add(first + "-" + last + "/" + step);
                    Stream.iterate(first, value -> value <= last, value -> value + step).forEach(allowed::add);
                } else {
                    for (int item = 0; item < 1 + random.nextInt(3); item++) {
                        allowed.add(low + random.nextInt(ranges[field][1] - low + 1));
                    }
                    texts.add(allowed.stream().map(String::valueOf).collect(Collectors.joining(",")));
                }
                values.add(allowed);
            }
            boolean elapsed = texts.get(0).contains("*") || texts.get(1).contains("*");
            boolean eitherDay = !texts.get(2).contains("*") && !texts.get(4).contains("*");
            return new MinuteWalk(String.join(" ", texts), values, elapsed, eitherDay);
        }

        boolean matches(LocalDateTime time) {
            boolean date = values.get(2).contains(time.getDayOfMonth());
            boolean weekday = values.get(4).contains(time.getDayOfWeek().getValue() % 7);
            return values.get(0).contains(time.getMinute()) && values.get(1).contains(time.getHour())
                    && values.get(3).contains(time.getMonthValue()) && (eitherDay ? date || weekday : date && weekday);
        }

        List<Instant> fires(ZoneId zone, Instant from, Instant to) {
            List<Instant> fires = new ArrayList<>();
            Set<LocalDateTime> seen = new HashSet<>();
            Instant start = from.minus(3, ChronoUnit.HOURS);
            LocalDateTime before = LocalDateTime.ofInstant(start.minus(1, ChronoUnit.MINUTES), zone);
            for (Instant at = start; at.isBefore(to); at = at.plus(1, ChronoUnit.MINUTES)) {
                LocalDateTime local = LocalDateTime.ofInstant(at, zone);
                boolean due = matches(local) && (elapsed || !seen.contains(local));
                for (LocalDateTime skipped = before.plusMinutes(1); !elapsed && skipped.isBefore(local); skipped = skipped.plusMinutes(1)) {
                    due |= matches(skipped);
                }
                if (due && !at.isBefore(from)) {
                    fires.add(at);
                }
                seen.add(local);
                before = local;
            }
            return fires;
        }
    }
}
