package dev.holdfast.retention.plan;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A policy's keep rules; a backup that any of them wants is kept, and without any everything is kept.
 *
 * @param age          keep what is not older
 * @param last         keep the newest so many verified
 * @param daily        keep the newest verified of each of the newest so many days that have one; the others likewise
 * @param weekly       weeks begin on Monday (ISO 8601)
 * @param keepVerified so many of the newest verified are never deleted, whatever the rules say; at least 1
 * @param zone         where days, weeks, months and years begin
 */
public record KeepRules(Optional<Duration> age, Optional<Integer> last, Optional<Integer> daily, Optional<Integer> weekly,
        Optional<Integer> monthly, Optional<Integer> yearly, int keepVerified, ZoneId zone) {

    /** @throws IllegalArgumentException where a count is below 1 or the age is not positive */
    public KeepRules {
        Objects.requireNonNull(zone, "zone");
        Stream.of(last, daily, weekly, monthly, yearly, Optional.of(keepVerified)).flatMap(Optional::stream)
                .filter(count -> count < 1).findFirst().ifPresent(count -> {
                    throw new IllegalArgumentException("a keep rule counts at least 1 backup, not " + count);
                });
        if (age.isPresent() && !age.get().isPositive()) {
            throw new IllegalArgumentException("a keep rule's age is more than nothing, not " + age.get());
        }
    }

    List<KeepRule> rules() {
        return Stream.<Optional<? extends KeepRule>>of(
                age.map(KeepRule.Age::new),
                last.map(KeepRule.Last::new),
                daily.map(count -> new KeepRule.Calendar(Period.DAY, count, zone)),
                weekly.map(count -> new KeepRule.Calendar(Period.WEEK, count, zone)),
                monthly.map(count -> new KeepRule.Calendar(Period.MONTH, count, zone)),
                yearly.map(count -> new KeepRule.Calendar(Period.YEAR, count, zone)))
                .<KeepRule>flatMap(Optional::stream).toList();
    }
}
