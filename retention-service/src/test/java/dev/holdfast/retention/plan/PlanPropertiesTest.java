package dev.holdfast.retention.plan;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Properties over random histories; a failure prints its seed ({@code -Dholdfast.seed}) and the smallest history that shows it. */
class PlanPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");
    private static final List<String> ZONES = List.of("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu");
    private static final int HISTORIES = 1500;

    private record Case(KeepRules rules, List<Candidate> backups) {

        Plan plan() {
            return Plan.of(rules, backups, NOW);
        }
    }

    @Test
    void the_verified_floor_always_stands() {
        check((given, random) -> {
            List<Candidate> verified = given.backups().stream().filter(PlanPropertiesTest::countedNow)
                    .sorted(Candidate.NEWEST_FIRST).limit(given.rules().keepVerified()).toList();
            Set<Candidate> deleted = deleted(given.plan());
            return verified.stream().noneMatch(deleted::contains) ? null : "deleted one of the floor " + verified;
        });
    }

    @Test
    void what_is_newer_than_the_newest_verified_is_never_deleted() {
        check((given, random) -> {
            Optional<Instant> newest = given.backups().stream().filter(PlanPropertiesTest::countedNow)
                    .map(Candidate::snapshotTime).max(Instant::compareTo);
            return given.plan().deletions().stream()
                    .filter(decision -> newest.isEmpty() || decision.backup().snapshotTime().isAfter(newest.get()))
                    .map(decision -> "deleted " + decision).findFirst().orElse(null);
        });
    }

    @Test
    void running_unreadable_and_future_backups_are_never_deleted() {
        check((given, random) -> given.plan().deletions().stream().map(Decision::backup)
                .filter(backup -> backup.standing() == Standing.INCOMPLETE || backup.standing() == Standing.UNREADABLE || backup.snapshotTime().isAfter(NOW))
                .map(backup -> "deleted " + backup).findFirst().orElse(null));
    }

    @Test
    void one_more_rule_never_deletes_more() {
        check((given, random) -> {
            if (given.rules().rules().isEmpty()) {
                return null;
            }
            Case wider = new Case(wider(given.rules(), random), given.backups());
            Set<Candidate> more = deleted(wider.plan());
            more.removeAll(deleted(given.plan()));
            return more.isEmpty() ? null : wider.rules() + " deletes also " + more;
        });
    }

    @Test
    void planning_again_after_the_deletion_deletes_nothing_and_any_half_of_it_deletes_the_rest() {
        check((given, random) -> {
            Set<Candidate> planned = deleted(given.plan());
            List<Candidate> done = new ArrayList<>(planned);
            Collections.shuffle(done, random);
            Set<Candidate> half = new HashSet<>(done.subList(0, done.size() / 2));
            Set<Candidate> rest = new HashSet<>(planned);
            rest.removeAll(half);
            Set<Candidate> again = deleted(new Case(given.rules(), without(given.backups(), half)).plan());
            Set<Candidate> after = deleted(new Case(given.rules(), without(given.backups(), planned)).plan());
            return again.equals(rest) && after.isEmpty() ? null : "then deleted " + again + " and " + after;
        });
    }

    @Test
    void the_order_of_the_listing_does_not_matter() {
        check((given, random) -> {
            List<Candidate> shuffled = new ArrayList<>(given.backups());
            Collections.shuffle(shuffled, random);
            return new Case(given.rules(), shuffled).plan().equals(given.plan()) ? null : "differs";
        });
    }

    @Test
    void backups_that_do_not_count_never_change_what_happens_to_those_that_do() {
        check((given, random) -> {
            List<Candidate> counted = given.backups().stream().filter(PlanPropertiesTest::countedNow).toList();
            Set<Candidate> alone = deleted(new Case(given.rules(), counted).plan());
            Set<Candidate> among = deleted(given.plan());
            among.removeIf(backup -> !countedNow(backup));
            return alone.equals(among) ? null : "alone " + alone + ", among others " + among;
        });
    }

    @Test
    void every_decision_says_why() {
        check((given, random) -> given.plan().decisions().size() == given.backups().size()
                && given.plan().decisions().stream().allMatch(decision -> !decision.reasons().isEmpty()) ? null : "no reason");
    }

    /** @param property null where it holds, otherwise what broke it; deterministic for a case and a seed */
    private static void check(BiFunction<Case, Random, String> property) {
        long seed = Long.getLong("holdfast.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < HISTORIES; i++) {
            long each = random.nextLong();
            Case given = randomCase(new Random(each));
            if (property.apply(given, new Random(each)) != null) {
                Case smallest = shrink(given, property, each);
                fail("seed " + seed + ": " + property.apply(smallest, new Random(each)) + "\nrules " + smallest.rules()
                        + "\n" + smallest.plan().decisions().stream().map(decision -> decision.backup() + " " + decision.text())
                                .collect(Collectors.joining("\n")));
            }
        }
    }

    private static Case shrink(Case broken, BiFunction<Case, Random, String> property, long seed) {
        for (Candidate backup : broken.backups()) {
            Case smaller = new Case(broken.rules(), without(broken.backups(), Set.of(backup)));
            if (property.apply(smaller, new Random(seed)) != null) {
                return shrink(smaller, property, seed);
            }
        }
        return broken;
    }

    private static Case randomCase(Random random) {
        List<Candidate> backups = new ArrayList<>();
        int size = random.nextInt(40);
        long spread = List.of(300L, 20_000L, 500_000L, 3_000_000L).get(random.nextInt(4));
        for (int i = 0; i < size; i++) {
            long minutesAgo = random.nextInt(20) == 0 ? -random.nextLong(spread) : random.nextLong(spread);
            Standing standing = random.nextInt(3) > 0 ? Standing.VERIFIED : Standing.values()[random.nextInt(5)];
            backups.add(new Candidate("b" + i, NOW.minus(Duration.ofMinutes(minutesAgo)), standing));
        }
        return new Case(new KeepRules(maybe(random, Duration.ofHours(1 + random.nextInt(5000))), maybe(random, count(random)),
                maybe(random, count(random)), maybe(random, count(random)), maybe(random, count(random)),
                maybe(random, count(random)), 1 + random.nextInt(3), ZoneId.of(ZONES.get(random.nextInt(ZONES.size())))), backups);
    }

    private static KeepRules wider(KeepRules rules, Random random) {
        return new KeepRules(
                rules.age().map(age -> age.plusHours(random.nextInt(100))).or(() -> maybe(random, Duration.ofHours(1 + random.nextInt(5000)))),
                wider(rules.last(), random), wider(rules.daily(), random), wider(rules.weekly(), random),
                wider(rules.monthly(), random), wider(rules.yearly(), random),
                rules.keepVerified() + random.nextInt(2), rules.zone());
    }

    private static Optional<Integer> wider(Optional<Integer> count, Random random) {
        return count.map(value -> value + random.nextInt(3)).or(() -> maybe(random, count(random)));
    }

    private static int count(Random random) {
        return 1 + random.nextInt(8);
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextInt(3) == 0 ? Optional.of(value) : Optional.empty();
    }

    private static boolean countedNow(Candidate backup) {
        return backup.standing() == Standing.VERIFIED && !backup.snapshotTime().isAfter(NOW);
    }

    private static Set<Candidate> deleted(Plan plan) {
        return plan.deletions().stream().map(Decision::backup).collect(Collectors.toCollection(HashSet::new));
    }

    private static List<Candidate> without(List<Candidate> backups, Set<Candidate> gone) {
        return backups.stream().filter(backup -> !gone.contains(backup)).toList();
    }
}
