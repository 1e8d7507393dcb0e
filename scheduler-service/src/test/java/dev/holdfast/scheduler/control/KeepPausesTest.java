package dev.holdfast.scheduler.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.RecordedEvents;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeepPausesTest {

    private static final Instant START = Instant.parse("2026-02-03T01:00:00Z");
    /** What the log keeps (DESIGN, topics). */
    private static final Duration KEPT = Duration.ofDays(90);

    private final RecordedEvents log = new RecordedEvents();
    private final SettableClock clock = SettableClock.at(START.toString());
    private Pauses pauses = new Pauses();

    @Test
    void a_pause_outlives_what_the_log_keeps_with_who_and_why_and_since_when_until_it_is_resumed() {
        tell(new ActivityPaused("shop", "prune", "ana", "audit"));
        tell(new ActivityPaused(null, "prune", "bo", "space is being added"));
        Optional<Pauses.Pause> shop = pauses.of("shop", "prune");
        Optional<Pauses.Pause> all = pauses.of("blog", "prune");
        for (int day = 0; day < 400; day++) {
            clock.advance(Duration.ofDays(1));
            keep();
            restart();
            assertThat(pauses.of("shop", "prune")).as("day " + day).isEqualTo(shop);
            assertThat(pauses.of("blog", "prune")).as("day " + day).isEqualTo(all);
        }
        assertThat(log.events()).as("both, each thirty days").hasSizeBetween(2 + 2 * 12, 2 + 2 * 13);

        tell(new ActivityResumed("shop", "prune", "ana", "done"));
        tell(new ActivityResumed(null, "prune", "bo", "done"));
        int told = log.events().size();
        clock.advance(Duration.ofDays(60));
        keep();
        assertThat(log.events()).hasSize(told);
    }

    @Test
    void only_who_speaks_for_a_database_tells_it_again_and_two_who_do_for_a_moment_say_one_thing() {
        tell(new ActivityPaused("shop", "backup", "ana", "a migration"));
        Pauses other = new Pauses();
        log.events().forEach(event -> other.apply(event, event.time()));
        clock.advance(Duration.ofDays(31));
        new KeepPauses(pauses, log, identity("scheduler-3")).round(clock.instant(), "blog"::equals);
        assertThat(log.events()).hasSize(1);
        keep();
        new KeepPauses(other, log, identity("scheduler-2")).round(clock.instant().plusSeconds(1), owned -> true);
        assertThat(log.events()).hasSize(3);
        assertThat(log.events().get(1).id()).isEqualTo(log.events().get(2).id());
    }

    @Test
    void what_the_broker_did_not_take_is_told_in_the_next_round() {
        tell(new ActivityPaused("shop", "backup", "ana", "a migration"));
        clock.advance(Duration.ofDays(31));
        log.brokerIsAway(true);
        assertThatThrownBy(this::keep).isInstanceOf(HoldfastException.class);
        log.brokerIsAway(false);
        keep();
        keep();
        assertThat(log.events()).hasSize(2);
    }

    @Test
    void a_pause_that_came_back_because_the_log_forgot_its_end_first_is_not_told_again() {
        tell(new ActivityPaused(null, "backup", "ana", "a migration"));
        clock.advance(Duration.ofDays(3));
        tell(new ActivityResumed(null, "backup", "ana", "done"));
        Event<? extends Payload> paused = log.events().getFirst();
        clock.advance(Duration.ofDays(92));
        pauses = new Pauses();
        pauses.apply(paused, paused.time()); // its segment was filled more slowly than the one of its end
        keep();
        assertThat(log.events()).as("paused and resumed").hasSize(2);
    }

    @Test
    void a_pause_that_nobody_told_again_for_two_months_is_kept_all_the_same() {
        tell(new ActivityPaused("shop", "backup", "ana", "a migration"));
        clock.advance(Duration.ofDays(88));
        keep();
        assertThat(log.events()).hasSize(2);
    }

    private void keep() {
        new KeepPauses(pauses, log, identity("scheduler-1")).round(clock.instant(), owned -> true);
    }

    /** A process that reads what the log still has. */
    private void restart() {
        pauses = new Pauses();
        log.events().stream().filter(event -> !event.time().isBefore(clock.instant().minus(KEPT)))
                .forEach(event -> pauses.apply(event, event.time()));
    }

    private ServiceIdentity identity(String instance) {
        return new ServiceIdentity("scheduler-service", instance, clock);
    }

    private void tell(Payload what) {
        Event<? extends Payload> event = identity("scheduler-1").event("a-pause", "a-request", what);
        log.publish("holdfast.events", event);
        pauses.apply(event, clock.instant());
    }
}
