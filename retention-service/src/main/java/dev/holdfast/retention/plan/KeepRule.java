package dev.holdfast.retention.plan;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One rule of a policy. */
sealed interface KeepRule {

    /** Whether a rule wants a backup, and why or why not. */
    record Verdict(boolean keeps, String why) {
    }

    /** @param counted the backups that count, newest first; {@code backup} is one of them */
    Verdict judge(Candidate backup, List<Candidate> counted, Instant now);

    /** Keeps what is not older than {@code age}, counted or not. */
    record Age(Duration age) implements KeepRule {

        @Override
        public Verdict judge(Candidate backup, List<Candidate> counted, Instant now) {
            Duration old = Duration.between(backup.snapshotTime(), now);
            boolean keeps = old.compareTo(age) <= 0;
            return new Verdict(keeps, "age " + Ages.text(age) + ": it is " + (keeps ? "only " : "") + Ages.text(old) + " old");
        }
    }

    /** Keeps the newest {@code count}. */
    record Last(int count) implements KeepRule {

        @Override
        public Verdict judge(Candidate backup, List<Candidate> counted, Instant now) {
            int newer = counted.indexOf(backup);
            return new Verdict(newer < count, "last " + count + ": " + (newer == 0 ? "it is the newest verified"
                    : newer == 1 ? "1 verified is newer" : newer + " verified are newer"));
        }
    }

    /** Keeps the newest of each of the newest {@code count} periods that have one. */
    record Calendar(Period period, int count, ZoneId zone) implements KeepRule {

        @Override
        public Verdict judge(Candidate backup, List<Candidate> counted, Instant now) {
            LocalDate own = begin(backup);
            String rule = period.rule() + " " + count + ": ";
            Set<LocalDate> newerPeriods = new HashSet<>();
            for (Candidate other : counted) {
                if (other.equals(backup)) {
                    boolean keeps = newerPeriods.size() < count;
                    return new Verdict(keeps, rule + (keeps ? "it is the newest verified of " + period.describe(own)
                            : period.describe(own) + " is too long ago"));
                }
                if (begin(other).equals(own)) {
                    return new Verdict(false, rule + period.describe(own) + " has a newer one, " + other.backupId());
                }
                newerPeriods.add(begin(other));
            }
            throw new IllegalArgumentException(backup.backupId() + " is not among the counted");
        }

        private LocalDate begin(Candidate backup) {
            return period.begin(LocalDate.ofInstant(backup.snapshotTime(), zone));
        }
    }
}
