package dev.holdfast.service.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final Instant START = Instant.parse("2026-02-03T01:00:00Z");

    private final Pauses pauses = new Pauses();

    @Test
    void of_paused_and_resumed_the_one_counts_that_the_broker_took_last_whatever_the_askers_clocks_say() {
        tell(new ActivityPaused("shop", "prune", "ana", "audit"), START, START.plus(Duration.ofHours(1)));
        tell(new ActivityResumed("shop", "prune", "bo", "done"), START.plusSeconds(1), START.minus(Duration.ofHours(1)));
        assertThat(pauses.of("shop", "prune")).isEmpty();
        assertThat(pauses.resumed("shop", "prune")).contains(START.plusSeconds(1));
        tell(new ActivityPaused("shop", "prune", "ana", "audit again"), START.plusSeconds(2), START.minus(Duration.ofHours(2)));
        assertThat(pauses.of("shop", "prune")).get().extracting(Pauses.Pause::reason).isEqualTo("audit again");
    }

    @Test
    void a_pause_that_is_told_again_is_the_one_that_was_told_first_also_where_the_log_has_forgotten_that() {
        tell(new ActivityPaused("shop", "prune", "ana", "audit"), START, START);
        Pauses.Pause first = pauses.of("shop", "prune").orElseThrow();
        assertThat(pauses.notToldSince(START.plusSeconds(1))).containsExactly(first);
        again(START.plus(Duration.ofDays(30)), START);
        assertThat(pauses.all()).containsExactly(first);
        assertThat(pauses.notToldSince(START.plus(Duration.ofDays(30)))).isEmpty();

        Pauses later = new Pauses();
        later.apply(Event.of("/holdfast/scheduler-service", START, new ActivityPaused("shop", "prune", "ana", "audit", START)),
                START.plus(Duration.ofDays(30)));
        assertThat(later.all()).containsExactly(first);
    }

    @Test
    void one_that_was_resumed_does_not_come_back_because_somebody_who_had_not_heard_of_it_told_it_again() {
        tell(new ActivityPaused("shop", "prune", "ana", "audit"), START, START);
        tell(new ActivityResumed("shop", "prune", "bo", "done"), START.plus(Duration.ofDays(30)), START);
        again(START.plus(Duration.ofDays(30)).plusSeconds(1), START);
        assertThat(pauses.all()).isEmpty();
    }

    private void again(Instant appended, Instant since) {
        tell(new ActivityPaused("shop", "prune", "ana", "audit", since), appended, appended);
    }

    private void tell(Payload what, Instant appended, Instant askersClock) {
        pauses.apply(Event.of("/holdfast/cli", askersClock, what), appended);
    }
}
