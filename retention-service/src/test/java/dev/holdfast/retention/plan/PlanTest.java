package dev.holdfast.retention.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    @Test
    void without_a_rule_everything_is_kept() {
        Plan plan = Plan.of(rules(none(), none(), 2), history(10, Standing.VERIFIED), NOW);
        assertThat(plan.deletions()).isEmpty();
        assertThat(plan.decisions()).allSatisfy(decision ->
                assertThat(decision.text()).isEqualTo("kept because the policy has no keep rule"));
    }

    @Test
    void nothing_is_deleted_while_no_verified_backup_exists() {
        List<Candidate> backups = new ArrayList<>(history(50, Standing.UNPROVEN));
        backups.addAll(history(50, Standing.REFUTED));
        Plan plan = Plan.of(rules(Optional.of(Duration.ofDays(1)), Optional.of(1), 2), backups, NOW);
        assertThat(plan.deletions()).isEmpty();
    }

    @Test
    void the_newest_verified_are_kept_however_old_they_are() {
        Plan plan = Plan.of(rules(Optional.of(Duration.ofDays(1)), none(), 2), history(10, Standing.VERIFIED), NOW.plus(Duration.ofDays(4000)));
        assertThat(plan.decisions().stream().filter(Decision::kept)).hasSize(2)
                .allSatisfy(decision -> assertThat(decision.text()).contains("the newest 2 verified are never deleted"));
    }

    @Test
    void only_verified_backups_count_toward_last() {
        List<Candidate> backups = List.of(at(1, Standing.REFUTED), at(2, Standing.UNPROVEN), at(3, Standing.VERIFIED),
                at(4, Standing.REFUTED), at(5, Standing.VERIFIED), at(6, Standing.VERIFIED), at(8, Standing.VERIFIED));
        Plan plan = Plan.of(rules(none(), Optional.of(3), 1), backups, NOW);
        assertThat(plan.deletions()).extracting(decision -> decision.backup().backupId()).containsExactly("d008");
    }

    @Test
    void an_unproven_backup_waits_for_its_proof_only_where_a_rule_would_want_it() {
        List<Candidate> backups = List.of(at(1, Standing.VERIFIED), at(2, Standing.UNPROVEN), at(3, Standing.VERIFIED),
                at(4, Standing.UNPROVEN));
        Plan plan = Plan.of(rules(none(), Optional.of(2), 1), backups, NOW);
        assertThat(plan.of("d002").orElseThrow().text())
                .isEqualTo("kept because not verified yet, and were it: last 2: 1 verified is newer");
        assertThat(plan.of("d004").orElseThrow().text()).isEqualTo("deleted because last 2: 2 verified are newer");
        assertThat(plan.of("d003").orElseThrow().kept()).as("the unproven one pushes no verified one out").isTrue();
    }

    @Test
    void a_refuted_backup_is_kept_a_while_and_never_goes_before_a_newer_one_is_verified() {
        List<Candidate> noNewer = List.of(at(20, Standing.REFUTED), at(30, Standing.VERIFIED));
        assertThat(Plan.of(rules(none(), Optional.of(1), 1), noNewer, NOW).deletions()).isEmpty();
        List<Candidate> newer = List.of(at(1, Standing.VERIFIED), at(6, Standing.REFUTED), at(20, Standing.REFUTED));
        assertThat(Plan.of(rules(none(), Optional.of(1), 1), newer, NOW).deletions())
                .extracting(Decision::text).containsExactly("deleted because it was refuted more than 7d ago and is older than 7d");
        assertThat(Plan.of(rules(Optional.of(Duration.ofDays(21)), none(), 1), newer, NOW).deletions()).isEmpty();
    }

    @Test
    void a_copy_that_rotted_long_after_it_was_made_is_kept_as_long_after_its_refutation() {
        for (int refutedDaysAgo : List.of(0, 7)) {
            List<Candidate> backups = List.of(at(1, Standing.VERIFIED), at(2, Standing.VERIFIED), new Candidate("d040",
                    NOW.minus(Duration.ofDays(40)), Standing.REFUTED, NOW.minus(Duration.ofDays(refutedDaysAgo))));
            assertThat(Plan.of(rules(Optional.of(Duration.ofDays(10)), none(), 1), backups, NOW).of("d040").orElseThrow().text())
                    .isEqualTo("kept because refuted ones are kept 7d to be looked into");
        }
        List<Candidate> lookedInto = List.of(at(1, Standing.VERIFIED), new Candidate("d040", NOW.minus(Duration.ofDays(40)),
                Standing.REFUTED, NOW.minus(Duration.ofDays(8))));
        assertThat(Plan.of(rules(Optional.of(Duration.ofDays(10)), none(), 1), lookedInto, NOW).of("d040").orElseThrow().text())
                .isEqualTo("deleted because it was refuted more than 7d ago and is older than 10d");
    }

    @Test
    void a_future_dated_backup_is_kept_and_pushes_nothing_out() {
        List<Candidate> backups = new ArrayList<>(history(5, Standing.VERIFIED));
        backups.add(at(-400, Standing.VERIFIED));
        Plan plan = Plan.of(rules(none(), Optional.of(2), 2), backups, NOW);
        assertThat(plan.decisions().stream().filter(Decision::kept).map(decision -> decision.backup().backupId()))
                .containsExactly("d-400", "d000", "d001");
    }

    @Test
    void an_incomplete_backup_is_left_alone() {
        List<Candidate> backups = new ArrayList<>(history(5, Standing.VERIFIED));
        backups.add(at(400, Standing.INCOMPLETE));
        assertThat(Plan.of(rules(none(), Optional.of(1), 1), backups, NOW).of("d400").orElseThrow().kept()).isTrue();
    }

    @Test
    void the_age_rule_keeps_what_is_exactly_that_old() {
        Plan plan = Plan.of(rules(Optional.of(Duration.ofDays(3)), none(), 1), history(6, Standing.VERIFIED), NOW);
        assertThat(plan.of("d003").orElseThrow().kept()).isTrue();
        assertThat(plan.of("d004").orElseThrow().text()).isEqualTo("deleted because age 3d: it is 4d old");
    }

    @Test
    void days_begin_in_the_policys_zone() {
        List<Candidate> backups = List.of(new Candidate("a", Instant.parse("2026-02-08T22:30:00Z"), Standing.VERIFIED),
                new Candidate("b", Instant.parse("2026-02-08T23:30:00Z"), Standing.VERIFIED));
        assertThat(Plan.of(daily(ZoneOffset.UTC), backups, NOW).deletions()).hasSize(1);
        assertThat(Plan.of(daily(ZoneId.of("Europe/Berlin")), backups, NOW).deletions()).isEmpty();
    }

    @Test
    void a_rule_that_counts_nothing_is_refused() {
        assertThatThrownBy(() -> rules(none(), Optional.of(0), 2)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> rules(none(), none(), 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> rules(Optional.of(Duration.ZERO), none(), 1)).hasMessageContaining("more than nothing");
    }

    /** The files are the promise: a change of them changes what an installation deletes. */
    @ParameterizedTest
    @ValueSource(strings = {"tiers-of-daily-backups", "age-with-gaps-in-the-proofs", "several-a-day-in-sydney"})
    void the_decisions_are_those_of_the_golden_file(String name) throws IOException {
        GoldenHistory golden = GoldenHistory.named(name);
        StringBuilder found = new StringBuilder();
        for (Decision decision : Plan.of(golden.rules(), golden.backups(), golden.now()).decisions()) {
            found.append(decision.backup().backupId()).append(' ').append(decision.backup().standing().name().toLowerCase(Locale.ROOT))
                    .append(' ').append(decision.text()).append('\n');
        }
        try (InputStream expected = PlanTest.class.getResourceAsStream("/golden/" + name + ".txt")) {
            assertThat(expected).as("golden file %s; the decisions are now%n%s", name, found).isNotNull();
            assertThat(found.toString()).isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }

    private static KeepRules rules(Optional<Duration> age, Optional<Integer> last, int keepVerified) {
        return new KeepRules(age, last, none(), none(), none(), none(), keepVerified, ZoneOffset.UTC);
    }

    private static KeepRules daily(ZoneId zone) {
        return new KeepRules(none(), none(), Optional.of(5), none(), none(), none(), 1, zone);
    }

    private static List<Candidate> history(int days, Standing standing) {
        List<Candidate> backups = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            backups.add(at(day, standing));
        }
        return backups;
    }

    private static Candidate at(int daysAgo, Standing standing) {
        return new Candidate(String.format("d%03d", daysAgo), NOW.minus(Duration.ofDays(daysAgo)), standing);
    }
}
