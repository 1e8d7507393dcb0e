package dev.holdfast.scheduler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.alert.StandingAlerts;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Runs;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.service.pause.Pauses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadStatusTest {

    private static final Instant NOW = Instant.parse("2026-02-05T06:00:00Z");

    @TempDir
    private Path folder;
    private HoldfastConfig config;
    private final Catalog catalog = new Catalog(database -> "equal");
    private final Runs runs = new Runs();
    private final Pauses pauses = new Pauses();
    private final StandingAlerts alerts = new StandingAlerts();
    private LivingServices services = new LivingServices(Instant.EPOCH);

    @BeforeEach
    void one_database_each_night() throws IOException {
        config = configured("schedule: \"0 2 * * *\"");
        services.apply(alive("verifier-service"), NOW);
        services.apply(alive("scheduler-service"), NOW);
        services.apply(alive("backup-worker"), NOW);
        services.apply(alive("retention-service"), NOW);
        services.apply(alive("notifier-service"), NOW);
    }

    @Test
    void a_database_is_safe_while_its_newest_verified_backup_is_inside_the_schedules_longest_gap_and_two_hours() {
        verified(Instant.parse("2026-02-04T04:00:01Z"));
        assertThat(shop().standing()).isEqualTo(Standing.safe);
        assertThat(shop().rpoLeftSeconds()).isEqualTo(1);
        Status late = read(NOW.plusSeconds(2));
        assertThat(late.standing()).isEqualTo(Standing.unsafe);
        assertThat(late.databases().getFirst().rpoLeftSeconds()).isEqualTo(-1);
        assertThat(late.verdict()).startsWith("NOT SAFE: shop").endsWith("Next: holdfast backup shop --wait=verified");
    }

    @Test
    void a_failure_inside_the_rpo_wants_attention_and_one_that_a_success_followed_is_history() {
        verified(Instant.parse("2026-02-04T20:00:00Z"));
        String failed = accepted(Instant.parse("2026-02-05T02:00:00Z"));
        tell(new BackupFailed("shop", "dump", failed, 1, "preflight", "permanent", "source-unreachable", "no", "start it"));
        assertThat(shop().standing()).isEqualTo(Standing.attention);
        assertThat(shop().reasons().getFirst().next()).isEqualTo("start it; then holdfast retry " + failed);
        stored(accepted(Instant.parse("2026-02-05T05:00:00Z")), Instant.parse("2026-02-05T05:00:00Z"), NOW.plusSeconds(1));
        assertThat(shop().failed()).isNull();
    }

    @Test
    void a_paused_schedule_is_named_with_its_way_back_and_has_no_next_run() {
        verified(Instant.parse("2026-02-05T02:00:00Z"));
        assertThat(shop().nextRun()).isEqualTo("2026-02-06T02:00:00Z");
        tell(new ActivityPaused(null, "backup", "alice", "migration"));
        assertThat(shop().standing()).isEqualTo(Standing.attention);
        assertThat(shop().nextRun()).isNull();
        assertThat(shop().reasons()).singleElement().satisfies(reason -> assertThat(reason.next()).isEqualTo("holdfast resume --all"));
    }

    @Test
    void a_critical_alert_is_not_safe_until_it_is_resolved_however_often_and_late_it_is_told() {
        verified(Instant.parse("2026-02-05T02:00:00Z"));
        AlertRaised raised = new AlertRaised("shop", "refuted", "critical", "an-older-backup", "old", "look", NOW, 0);
        tell(raised);
        tell(raised);
        assertThat(shop().standing()).isEqualTo(Standing.unsafe);
        tell(new AlertResolved("shop", "refuted", "an-older-backup", NOW, "over"));
        tell(raised);
        assertThat(shop().standing()).isEqualTo(Standing.safe);
        assertThat(read(NOW).alerts()).isEmpty();
    }

    @Test
    void without_a_worker_nothing_is_safe_and_who_just_began_to_listen_does_not_say_so_yet() {
        verified(Instant.parse("2026-02-05T02:00:00Z"));
        assertThat(read(NOW).standing()).isEqualTo(Standing.safe);
        assertThat(read(NOW.plusSeconds(31)).trouble()).as("of a configuration without subscriptions").hasSize(4).extracting(Reason::standing).contains(Standing.unsafe);
        services = new LivingServices(NOW);
        assertThat(read(NOW.plusSeconds(5)).standing()).isEqualTo(Standing.attention);
        assertThat(read(NOW.plusSeconds(31)).standing()).isEqualTo(Standing.unsafe);
    }

    private Status read(Instant now) {
        return new ReadStatus(config, catalog, runs, pauses, alerts::all, services).read(now, List.of(), true);
    }

    private Status.DatabaseState shop() {
        return read(NOW).databases().getFirst();
    }

    private HoldfastConfig configured(String more) throws IOException {
        Path file = Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {disk: {path: disk}}
                databases:
                  shop: {user: backup, encryption: none, %s}
                """.formatted(more));
        return new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
    }

    private String accepted(Instant fire) {
        String id = BackupId.scheduled("shop", "dump", fire).toString();
        tell(new BackupAccepted("shop", "dump", id, fire, "scheduler"));
        return id;
    }

    private void stored(String id, Instant snapshot, Instant told) {
        tell(told, new BackupCompleted("shop", "dump", id, 1, snapshot, snapshot.plusSeconds(9), snapshot, 1000, 700, false, "17.2", "00",
                List.of(new BackupCompleted.Copy("disk", 700)), List.of()));
    }

    private void verified(Instant snapshot) {
        String id = BackupId.scheduled("shop", "dump", snapshot).toString();
        stored(id, snapshot, snapshot);
        tell(snapshot, new BackupVerified("shop", "dump", id, "disk", "equal", snapshot, snapshot, 9, 4.5, 1, 1, 0, 1, 0, "uid", List.of(), "key"));
    }

    private void tell(Payload data) {
        tell(NOW, data);
    }

    private void tell(Instant at, Payload data) {
        Event<Payload> event = Event.of("/test", at, data);
        catalog.apply(event);
        runs.apply(event);
        pauses.apply(event, event.time());
        alerts.apply(event);
    }

    private static Event<ServiceAlive> alive(String service) {
        return Event.of("/test", NOW, new ServiceAlive(null, service, service + "-1", "0.1.0", NOW, null, null, 0L, NOW));
    }
}
