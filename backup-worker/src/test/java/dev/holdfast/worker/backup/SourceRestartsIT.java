package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.repository.BackupId;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that goes down and comes back, while a backup of it is made. */
@Timeout(180)
class SourceRestartsIT {

    @TempDir
    Path folder;

    @Test
    void a_run_whose_server_crashed_and_restarted_in_mid_dump_is_deferred_with_a_failure_and_the_next_attempt_completes() {
        try (PostgresServer server = PostgresServer.newClusterWith(List.of("restart_after_crash=on"))) {
            PostgresServer.Database source = server.createDatabase();
            source.exec("CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
            source.exec("CHECKPOINT"); // the test's servers don't wait for their disks, and a crash forgets the rest
            Workshop shop = new Workshop(source).file(folder).underSupervision().atDump(() -> crash(source));
            Event<BackupRequested> request = shop.request();

            Event<?> first = shop.run(request);
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> source.value("SELECT count(*) FROM t").equals("20000"));
            Event<?> second = shop.run(new Event<>(request.id(), request.source(), null, request.time(), request.correlationId(), null,
                    new BackupRequested(Workshop.ALIAS, null, null, null, 2, null, null, null, 1)));

            assertThat(first.data()).isInstanceOfSatisfying(RunDeferred.class, deferred -> {
                assertThat(deferred.failures()).isEqualTo(1);
                assertThat(deferred.notBefore()).isAfter(request.time());
            });
            assertThat(second.data()).isInstanceOf(BackupCompleted.class);
            assertThat(shop.repository("files").catalog().backups(Workshop.ALIAS)).containsExactly(BackupId.of(request));
            assertThat(source.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%'")).isEmpty();
            assertThat(source.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).isEmpty();
        }
    }

    /** A server process that is killed takes all sessions with it: the server recovers and starts anew. */
    private static void crash(PostgresServer.Database source) {
        try (var connection = source.connect(); var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            new ProcessBuilder("kill", "-KILL", row.getString(1)).inheritIO().start().waitFor();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
