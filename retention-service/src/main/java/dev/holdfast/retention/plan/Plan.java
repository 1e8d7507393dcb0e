package dev.holdfast.retention.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What is kept and what is deleted of one database in one repository, newest first. Only verified backups that are not
 * dated after now count toward a rule, and:
 * <ul>
 * <li>without a rule, and without a verified backup, everything is kept;</li>
 * <li>the newest {@code keepVerified} verified ones are always kept, and whatever is newer than the newest of them;</li>
 * <li>an unproven one is kept while some rule would keep it were it proven, so that its proof may still come;</li>
 * <li>a refuted one is kept for the age rule, and at least {@link #REFUTED_KEPT} after it was refuted, so that somebody can
 *     look into it;</li>
 * <li>an incomplete or unreadable one is left alone;</li>
 * <li>one dated after now is kept and counts for nothing, because one of two clocks is wrong.</li>
 * </ul>
 *
 * @param floor the verified backups that are never deleted, newest first
 */
public record Plan(Instant now, List<Candidate> floor, List<Decision> decisions) {

    public static final Duration REFUTED_KEPT = Duration.ofDays(7);

    public Plan {
        floor = List.copyOf(floor);
        decisions = List.copyOf(decisions);
    }

    /** @param backups of one database and kind in one repository, in any order */
    public static Plan of(KeepRules rules, Collection<Candidate> backups, Instant now) {
        Deciding deciding = new Deciding(rules, backups, now);
        return new Plan(now, deciding.floor(), deciding.decisions());
    }

    /** What is to be deleted, newest first, so that what depends on a backup never outlives it. */
    public List<Decision> deletions() {
        return decisions.stream().filter(decision -> !decision.kept()).toList();
    }

    public Optional<Decision> of(String backupId) {
        return decisions.stream().filter(decision -> decision.backup().backupId().equals(backupId)).findFirst();
    }

    private static final class Deciding {

        private final KeepRules policy;
        private final List<KeepRule> rules;
        private final List<Candidate> backups;
        private final List<Candidate> counted;
        private final Instant now;

        Deciding(KeepRules policy, Collection<Candidate> backups, Instant now) {
            this.policy = policy;
            this.rules = policy.rules();
            this.backups = backups.stream().sorted(Candidate.NEWEST_FIRST).toList();
            this.counted = this.backups.stream()
                    .filter(backup -> backup.standing() == Standing.VERIFIED && !backup.snapshotTime().isAfter(now)).toList();
            this.now = now;
        }

        List<Decision> decisions() {
            return backups.stream().map(this::decide).toList();
        }

        private Decision decide(Candidate backup) {
            if (backup.standing() == Standing.INCOMPLETE) {
                return kept(backup, "it has no manifest: still being written, or an orphan");
            }
            if (backup.standing() == Standing.UNREADABLE) {
                return kept(backup, "its manifest or a verification can't be read; find out why first");
            }
            if (rules.isEmpty()) {
                return kept(backup, "the policy has no keep rule");
            }
            if (backup.snapshotTime().isAfter(now)) {
                return kept(backup, "its snapshot time " + backup.snapshotTime()
                        + " is in the future, so a clock is wrong; it counts for nothing");
            }
            if (counted.isEmpty()) {
                return kept(backup, "no verified backup exists");
            }
            return switch (backup.standing()) {
                case VERIFIED -> byRules(backup, counted, floor(backup));
                case UNPROVEN -> byRules(backup, countedWith(backup), newerThanProof(backup));
                case REFUTED -> refuted(backup);
                case INCOMPLETE, UNREADABLE -> throw new IllegalStateException("decided above");
            };
        }

        private Decision byRules(Candidate backup, List<Candidate> among, Optional<String> always) {
            List<String> keeping = new ArrayList<>();
            List<String> not = new ArrayList<>();
            always.ifPresent(keeping::add);
            String ifProven = backup.standing() == Standing.UNPROVEN ? "not verified yet, and were it: " : "";
            for (KeepRule rule : rules) {
                KeepRule.Verdict verdict = rule.judge(backup, among, now);
                (verdict.keeps() ? keeping : not).add(verdict.keeps() ? ifProven + verdict.why() : verdict.why());
            }
            return keeping.isEmpty() ? new Decision(backup, false, not) : new Decision(backup, true, keeping);
        }

        List<Candidate> floor() {
            return counted.subList(0, Math.min(policy.keepVerified(), counted.size()));
        }

        private Optional<String> floor(Candidate backup) {
            return floor().contains(backup)
                    ? Optional.of("the newest " + policy.keepVerified() + " verified are never deleted") : Optional.empty();
        }

        private Optional<String> newerThanProof(Candidate backup) {
            return Candidate.NEWEST_FIRST.compare(backup, counted.getFirst()) < 0
                    ? Optional.of("it is newer than the newest verified, " + counted.getFirst().backupId()) : Optional.empty();
        }

        private List<Candidate> countedWith(Candidate backup) {
            List<Candidate> with = new ArrayList<>(counted);
            with.add(backup);
            with.sort(Candidate.NEWEST_FIRST);
            return with;
        }

        private Decision refuted(Candidate backup) {
            Optional<String> newer = newerThanProof(backup);
            if (newer.isPresent()) {
                return kept(backup, "refuted, yet " + newer.get());
            }
            Duration keep = policy.age().filter(age -> age.compareTo(REFUTED_KEPT) > 0).orElse(REFUTED_KEPT);
            boolean young = Duration.between(backup.snapshotTime(), now).compareTo(keep) <= 0;
            boolean fresh = Duration.between(backup.refutedSince(), now).compareTo(REFUTED_KEPT) <= 0;
            return young || fresh
                    ? kept(backup, "refuted ones are kept " + Ages.text(young ? keep : REFUTED_KEPT) + " to be looked into")
                    : new Decision(backup, false, List.of("it was refuted more than " + Ages.text(REFUTED_KEPT)
                            + " ago and is older than " + Ages.text(keep)));
        }

        private static Decision kept(Candidate backup, String why) {
            return new Decision(backup, true, List.of(why));
        }
    }
}
