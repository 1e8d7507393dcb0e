package dev.holdfast.scheduler.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.scheduler.TestDatabases;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AcceptRequestsTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    private final List<Event<?>> log = new ArrayList<>();
    private final AcceptRequests accept = new AcceptRequests(Map.of("shop", TestDatabases.unscheduled("shop")), new ToTheLog(),
            ServiceIdentity.newInstance("scheduler-service", Clock.fixed(NOW, ZoneOffset.UTC)));

    @Test
    void a_request_of_the_far_future_or_a_distant_past_is_not_accepted() {
        ask(Instant.parse("9999-12-31T23:59:59Z"));
        ask(NOW.plus(Duration.ofHours(25)));
        ask(Instant.parse("1999-12-31T23:59:59Z"));
        assertThat(log).isEmpty();
    }

    @Test
    void clocks_may_differ_by_a_day_and_an_older_request_is_as_good_as_any() {
        ask(NOW.plus(Duration.ofHours(23)));
        ask(NOW.minus(Duration.ofDays(400)));
        assertThat(log).hasSize(2).allSatisfy(event -> assertThat(event.data()).isInstanceOf(BackupAccepted.class));
    }

    private void ask(Instant time) {
        accept.handle(new Event<>("id-" + time, "/somebody", null, time, "c", null,
                new BackupRequested("shop", "dump", null, null, null, "test", null, null)),
                new LogPosition(Topics.BACKUP_REQUESTS, 0, 0, NOW, "shop"));
    }

    private final class ToTheLog implements EventPublisher {

        @Override
        public void publish(String topic, Event<?> event) {
            log.add(event);
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            throw new AssertionError("nothing here has a pulse");
        }
    }
}
