package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.source.BackupSessions;
import dev.holdfast.postgres.source.SessionName;
import dev.holdfast.postgres.source.SourceProbe;
import dev.holdfast.repository.BackupId;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.schedule.Blackout;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs that can't go on now leave their slot and say when to come again. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class DeferredRunsIT {

    private static final String OTHER = "20260203T020000Z-dump-0000000000";

    @TempDir
    Path folder;
    private final List<SourceProbe> others = new ArrayList<>();

    @AfterEach
    void leave() {
        others.forEach(SourceProbe::close);
    }

    @Test
    void a_busy_database_defers_the_run_without_counting_a_failure(PostgresServer.Database source) {
        assertThat(another(source, OTHER + "01").tryLock()).isTrue();
        Workshop shop = shop(source);

        RunDeferred deferred = deferred(shop, request(1));

        assertThat(deferred.reason()).contains("busy");
        assertThat(deferred.nonce()).isEqualTo(((BackupStarted) shop.events.getFirst().data()).nonce());
        assertThat(deferred.failures()).isEqualTo(1);
        assertThat(deferred.notBefore()).isAfter(Instant.now().minusSeconds(60));
        assertThat(shop.keys("files")).isEmpty();
        assertNoSessionOf(source, deferred.runId());
    }

    @Test
    void a_server_with_enough_backups_at_once_defers_the_next_one_whoever_they_belong_to(PostgresServer server,
            PostgresServer.Database source) {
        PostgresServer.Database elsewhere = server.createDatabase();
        source.exec("CREATE ROLE %1$s LOGIN PASSWORD 'x'".formatted(role(source)));
        another(elsewhere, OTHER + "01");
        another(elsewhere, OTHER + "02");
        PostgresServer.Database ordinary = source.as(role(source), "x");

        RunDeferred deferred = deferred(shop(ordinary).runsPerCluster(2), request(null));

        assertThat(deferred.reason()).contains("worker.runs-per-cluster", "2 other backups", Integer.toString(source.port()));
        assertThat(shop(ordinary).runsPerCluster(3).run().data()).isInstanceOf(BackupCompleted.class);
    }

    @Test
    void a_scheduled_run_inside_a_blackout_window_is_deferred_to_its_end_and_a_persons_request_runs(PostgresServer.Database source) {
        Instant now = Instant.now();
        DateTimeFormatter clock = DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
        Blackout window = Blackout.parse("daily " + clock.format(now.minusSeconds(7200)) + "-" + clock.format(now.plusSeconds(7200)));
        Workshop shop = shop(source).politeness(new HoldfastConfig.Politeness(Duration.ZERO, Optional.empty(), List.of(window)));
        Instant fire = now.truncatedTo(ChronoUnit.SECONDS);

        RunDeferred deferred = deferred(shop, new Event<>("1", BackupId.SCHEDULER, null, fire, "1", null,
                new BackupRequested(Workshop.ALIAS, "dump", null, fire, null, null, null, null)));

        assertThat(deferred.notBefore()).isEqualTo(window.end(now, ZoneOffset.UTC).orElseThrow());
        assertThat(deferred.reason()).contains("blackout");
        assertThat(shop.run().data()).isInstanceOf(BackupCompleted.class);
    }

    @Test
    void a_failure_that_may_pass_is_deferred_until_the_attempts_are_used_up(PostgresServer server, PostgresServer.Database source)
            throws Exception {
        Workshop shop = shop(source).tools(new FakeTools(folder.resolve("tools"), server).script("pg_dump", "REAL; exit 1").folder());

        RunDeferred first = deferred(shop, request(null));
        RunDeferred second = deferred(shop, request(1));
        Event<?> third = shop.run(request(2));

        assertThat(first.failures()).isEqualTo(1);
        assertThat(second.failures()).isEqualTo(2);
        assertThat(first.reason()).startsWith("dump-failed: ");
        assertThat(((BackupFailed) third.data()).code()).isEqualTo("dump-failed");
        assertThat(shop.keys("files")).isEmpty();
    }

    @Test
    void a_failure_that_lasts_is_told_at_once(PostgresServer server) {
        assertThat(((BackupFailed) shop(server.database("never created")).run().data()).code()).isEqualTo("database-missing");
    }

    @Test
    void a_dump_that_waits_too_long_for_a_table_names_it_and_who_locks_it(PostgresServer.Database source) throws Exception {
        source.exec("CREATE TABLE orders (a int)");
        try (Connection holder = source.connect(); Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
            String pid;
            try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
                row.next();
                pid = row.getString(1);
            }

            BackupFailed failed = new Workshop(source).file(folder).lockWaitTimeout(Duration.ofSeconds(1)).fail();

            assertThat(failed.code()).isEqualTo("lock-timeout");
            assertThat(failed.failureKind()).isEqualTo("retriable");
            assertThat(failed.reason()).contains("public.orders by session " + pid);
            assertThat(failed.nextStep()).contains("lock-wait-timeout");
        }
    }

    @Test
    void a_dump_whose_snapshot_gets_too_old_is_ended_and_lets_go_of_it(PostgresServer server, PostgresServer.Database source)
            throws Exception {
        Workshop shop = shop(source)
                .tools(new FakeTools(folder.resolve("tools"), server).script("pg_dump", "REAL; exec sleep 600").folder())
                .politeness(new HoldfastConfig.Politeness(Duration.ZERO, Optional.of(Duration.ofSeconds(2)), List.of()));

        BackupFailed failed = (BackupFailed) shop.run().data();

        assertThat(failed.code()).isEqualTo("dump-too-old");
        assertThat(failed.reason()).contains("max-dump-age");
        assertThat(failed.nextStep()).contains("max-dump-age");
        assertThat(shop.keys("files")).isEmpty();
        assertNoSessionOf(source, failed.backupId());
    }

    private Workshop shop(PostgresServer.Database source) {
        return new Workshop(source).file(folder.resolve("repository")).underSupervision();
    }

    private static Event<BackupRequested> request(Integer failures) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new Event<>(java.util.UUID.randomUUID().toString(), "/test", null, now, "c", null,
                new BackupRequested(Workshop.ALIAS, null, null, null, null, null, null, null, failures));
    }

    private static RunDeferred deferred(Workshop shop, Event<BackupRequested> request) {
        Event<?> end = shop.run(request);
        assertThat(end.data()).isInstanceOf(RunDeferred.class);
        return (RunDeferred) end.data();
    }

    /** A live backup of another run, as its session shows it. */
    private SourceProbe another(PostgresServer.Database database, String backupId) {
        SessionName name = SessionName.of(backupId, 1).drawing();
        SourceProbe probe = SourceProbe.connect(ConnectionSettings.of(database.host(), database.port(), database.name(),
                database.user(), new Password(database.password())), name.toString());
        others.add(probe);
        BackupSessions sessions = probe.backupSessions(name);
        sessions.drawTicket();
        return probe;
    }

    private static void assertNoSessionOf(PostgresServer.Database source, String backupId) {
        org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(source.query(
                "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%s%%'".formatted(backupId)))
                .isEmpty());
    }

    private static String role(PostgresServer.Database source) {
        return "ordinary_" + source.name();
    }
}
