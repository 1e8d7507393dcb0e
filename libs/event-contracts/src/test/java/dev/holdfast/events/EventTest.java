package dev.holdfast.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventTest {

    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");
    private static final BackupRequested REQUEST = new BackupRequested("shop", null, null, null, null, null, null, null);
    private static final BackupStarted STARTED = new BackupStarted("shop", "dump", "b1", 1, "n", "w");

    @Test
    void a_derived_id_is_the_same_everywhere_and_a_valid_uuid() {
        String id = Event.idFrom("schedule", "shop", "2026-02-03T02:00:00Z");

        assertThat(id).isEqualTo(Event.idFrom("schedule", "shop", "2026-02-03T02:00:00Z"));
        assertThat(UUID.fromString(id).version()).isEqualTo(8);
        assertThat(UUID.fromString(id).variant()).isEqualTo(2);
    }

    @Test
    void parts_of_a_derived_id_cannot_run_into_each_other() {
        assertThat(Event.idFrom("ab", "c")).isNotEqualTo(Event.idFrom("a", "bc")).isNotEqualTo(Event.idFrom("abc"));
    }

    @Test
    void new_events_have_ids_of_their_own_and_start_a_correlation() {
        Event<BackupRequested> one = Event.of("/x", NOON, REQUEST);

        assertThat(one.id()).isNotEqualTo(Event.of("/x", NOON, REQUEST).id());
        assertThat(one.correlationId()).isEqualTo(one.id());
        assertThat(one.subject()).isNull();
    }

    @Test
    void what_follows_stays_in_the_correlation_and_names_its_backup() {
        Event<BackupRequested> request = Event.of("/x", NOON, REQUEST);

        Event<BackupStarted> started = request.followedBy("/y", NOON, STARTED);

        assertThat(started.correlationId()).isEqualTo(request.id());
        assertThat(started.subject()).isEqualTo("b1");
        assertThat(started.key()).isEqualTo("shop");
    }

    @Test
    void what_is_paused_and_resumed_of_all_databases_lies_in_one_partition() {
        assertThat(Event.of("/x", NOON, new ActivityPaused(null, "prune", "ana", "audit")).key()).isEqualTo("holdfast")
                .isEqualTo(Event.of("/x", NOON, new ActivityResumed(null, "prune", "ana", "done")).key());
        assertThat(Event.of("/x", NOON, new ActivityPaused("shop", "prune", "ana", "audit")).key()).isEqualTo("shop");
    }

    @Test
    void the_catalog_is_keyed_by_backup() {
        CatalogEntry entry = new CatalogEntry("shop", "b1", "dump", "started", null, null, NOON, null, null, null, null, null, null);

        assertThat(Event.of("/x", NOON, entry).key()).isEqualTo("shop/b1");
    }
}
