package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.Event;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.testkit.SettableClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ServiceBeatsTest {

    private final List<Event<?>> beats = new ArrayList<>();
    private final SettableClock clock = SettableClock.at("2026-02-03T02:00:00Z");

    /** Keeps what is told. */
    private final EventPublisher publisher = new EventPublisher() {

        @Override
        public void publish(String topic, Event<?> event) {
            throw new AssertionError("a beat waits for nobody");
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            beats.add(event);
        }
    };

    @Test
    void a_service_that_can_not_do_its_work_does_not_say_that_it_lives_until_it_can_again() {
        AtomicReference<Optional<String>> reason = new AtomicReference<>(Optional.empty());
        ServiceBeats told = new ServiceBeats(publisher, new WorkQueues(null, null, null, null), new LogFollowers(null, null, null, null),
                new ServiceIdentity("scheduler-service", "scheduler-1", clock), clock);
        told.beat();
        told.silentWhile(reason::get);
        told.beat();
        assertThat(beats).hasSize(2).allSatisfy(event -> assertThat(event.data()).isInstanceOf(ServiceAlive.class));
        reason.set(Optional.of("the log is not read to its end"));
        told.beat();
        told.beat();
        assertThat(beats).hasSize(2);
        reason.set(Optional.empty());
        told.beat();
        assertThat(beats).hasSize(3);
    }
}
