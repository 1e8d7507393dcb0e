package dev.holdfast.repository;

import static dev.holdfast.repository.Proof.State.REFUTED;
import static dev.holdfast.repository.Proof.State.UNPROVEN;
import static dev.holdfast.repository.Proof.State.VERIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.repository.Proof.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Results are written oldest first, as {@code outcome:level}. */
class ProofTest {

    private static final Instant START = Instant.parse("2026-02-03T03:00:00Z");

    @Test
    void nothing_tried_is_unproven_and_decided_by_nothing() {
        Proof proof = Proof.of(List.of(), "equal");
        assertThat(proof.state()).isEqualTo(UNPROVEN);
        assertThat(proof.deciding()).isEmpty();
    }

    @Test
    void a_success_counts_at_the_level_of_the_policy_and_above() {
        assertThat(state("equal", "verified:equal")).isEqualTo(VERIFIED);
        assertThat(state("archive", "verified:equal")).isEqualTo(VERIFIED);
        assertThat(state("equal", "verified:restore")).isEqualTo(UNPROVEN);
        assertThat(state("archive", "verified:checksum")).isEqualTo(UNPROVEN);
    }

    @Test
    void a_lower_success_takes_nothing_from_a_higher_one() {
        assertThat(state("equal", "verified:equal", "verified:checksum")).isEqualTo(VERIFIED);
        assertThat(of("equal", "verified:equal", "verified:checksum").deciding().orElseThrow().level()).isEqualTo("equal");
    }

    @Test
    void an_attempt_without_a_result_takes_nothing_from_a_verdict() {
        assertThat(state("equal", "verified:equal", "unproven:archive")).isEqualTo(VERIFIED);
        assertThat(state("equal", "refuted:archive", "unproven:archive")).isEqualTo(REFUTED);
    }

    @Test
    void a_proof_that_could_not_be_made_anew_leaves_the_older_one_with_its_age_and_one_that_refutes_takes_it_away() {
        assertThat(of("equal", "verified:equal", "unproven:archive", "unproven:none").deciding().orElseThrow().endedAt())
                .isEqualTo(of("equal", "verified:equal").deciding().orElseThrow().endedAt());
        assertThat(state("equal", "verified:equal", "unproven:archive", "refuted:none")).isEqualTo(REFUTED);
        assertThat(state("equal", "verified:equal", "refuted:none", "unproven:archive")).isEqualTo(REFUTED);
    }

    @Test
    void a_refutation_outweighs_every_earlier_success_at_any_level() {
        for (String level : Proof.LEVELS) {
            assertThat(state("equal", "verified:equal", "refuted:" + level)).as(level).isEqualTo(REFUTED);
            assertThat(state("checksum", "verified:equal", "refuted:" + level)).as(level).isEqualTo(REFUTED);
        }
    }

    @Test
    void only_a_success_that_went_further_lifts_a_refutation() {
        assertThat(state("checksum", "refuted:restore", "verified:checksum")).isEqualTo(REFUTED);
        assertThat(state("archive", "refuted:restore", "verified:archive")).isEqualTo(REFUTED);
        assertThat(state("restore", "refuted:restore", "verified:restore")).isEqualTo(REFUTED);
        assertThat(state("equal", "refuted:restore", "verified:equal")).isEqualTo(VERIFIED);
        assertThat(state("equal", "refuted:equal", "verified:equal")).isEqualTo(VERIFIED);
        assertThat(state("restore", "refuted:archive", "verified:restore")).isEqualTo(VERIFIED);
    }

    @Test
    void a_checksum_lifts_nothing_since_what_reached_nothing_may_have_failed_at_decrypting() {
        assertThat(state("checksum", "refuted:none", "verified:checksum")).isEqualTo(REFUTED);
        assertThat(state("checksum", "refuted:none", "verified:archive")).isEqualTo(VERIFIED);
    }

    @Test
    void a_success_before_a_refutation_that_was_lifted_is_not_what_lifted_it() {
        assertThat(state("equal", "verified:equal", "refuted:none", "verified:archive")).isEqualTo(UNPROVEN);
        assertThat(state("archive", "verified:equal", "refuted:none", "verified:archive")).isEqualTo(VERIFIED);
    }

    @Test
    void an_older_refutation_stands_until_it_is_lifted_itself() {
        assertThat(state("archive", "refuted:restore", "refuted:none", "verified:archive")).isEqualTo(REFUTED);
        assertThat(state("archive", "refuted:restore", "refuted:none", "verified:equal")).isEqualTo(VERIFIED);
    }

    @Test
    void the_order_in_which_results_are_told_changes_nothing() {
        List<ProofResult> results = new ArrayList<>(results("verified:equal", "refuted:none", "verified:archive", "unproven:none"));
        Proof proof = Proof.of(results, "archive");
        Random random = new Random(1);
        for (int i = 0; i < 24; i++) {
            Collections.shuffle(results, random);
            assertThat(Proof.of(results, "archive")).isEqualTo(proof);
        }
    }

    @Test
    void what_is_no_level_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proof.of(List.of(), "none")).withMessageContaining("checksum");
        assertThatIllegalArgumentException().isThrownBy(() -> Proof.of(List.of(), "all"));
    }

    private static State state(String level, String... results) {
        return of(level, results).state();
    }

    private static Proof of(String level, String... results) {
        return Proof.of(results(results), level);
    }

    private static List<ProofResult> results(String... texts) {
        List<ProofResult> results = new ArrayList<>();
        for (String text : texts) {
            String[] parts = text.split(":");
            results.add(new ProofResult(parts[0], parts[1], START.plusSeconds(results.size()), null, null));
        }
        return results;
    }
}
