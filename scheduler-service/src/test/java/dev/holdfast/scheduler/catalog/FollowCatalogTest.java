package dev.holdfast.scheduler.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.KafkaSettings;
import dev.holdfast.service.messaging.Messaging;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowCatalogTest {

    private static final String BACKUP = "20260203T020000Z-dump-000000000001";

    private final List<Event<?>> told = new ArrayList<>();
    private Error failure = new NoClassDefFoundError("for a test");

    @Test
    void what_nobody_foresaw_ends_no_view_turns_readiness_down_and_loses_no_entry() {
        ServiceIdentity identity = ServiceIdentity.newInstance("scheduler-service", Clock.systemUTC());
        BackupMetrics metrics = new BackupMetrics(new SimpleMeterRegistry());
        Catalog catalog = new Catalog(alias -> "equal");
        try (Messaging messaging = Messaging.open(KafkaSettings.local("localhost:1"), identity)) {
            FollowCatalog following = new FollowCatalog(catalog, new Runs(), (event, position) -> { },
                    new ReadRepositories(List.of(), List.of(), metrics), metrics, messaging.followers(), new Failing(), identity,
                    Clock.systemUTC());
            catalog.apply(Event.of("/holdfast/backup-worker", Instant.now(), new BackupStarted("shop", "dump", BACKUP, 1, "0123456789abcdef", "w")));
            following.keep();
            assertThat(messaging.followers().troubles()).containsExactly("keeping the catalog fails: NoClassDefFoundError");
            assertThat(following.isCurrent()).isFalse();
            failure = null;
            following.keep();
            assertThat(messaging.followers().troubles()).isEmpty();
            assertThat(told).singleElement().satisfies(event -> assertThat(event.subject()).isEqualTo(BACKUP));
            assertThat(following.isCurrent()).isTrue();
        }
    }

    private final class Failing implements EventPublisher {

        @Override
        public void publish(String topic, Event<?> event) {
            if (failure != null) {
                throw failure;
            }
            told.add(event);
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            throw new AssertionError("the table is confirmed");
        }
    }
}
