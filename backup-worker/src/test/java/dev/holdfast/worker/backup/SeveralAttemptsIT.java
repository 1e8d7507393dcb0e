package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunReleased;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.source.ExportedSnapshot;
import dev.holdfast.postgres.source.SessionName;
import dev.holdfast.postgres.source.SourceProbe;
import dev.holdfast.repository.BackupId;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One run, several claims: a later attempt ends the earlier ones, a double yields, one manifest. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class SeveralAttemptsIT {

    @TempDir
    Path folder;
    private PostgresServer.Database source;
    private Workshop first;
    private Workshop second;

    @BeforeEach
    void prepare(PostgresServer server, PostgresServer.Database database) throws IOException {
        source = database;
        source.exec("CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
        Path slow = new FakeTools(folder.resolve("slow"), server).script("pg_dump", "REAL | head -c 50000; touch %s/begun; exec sleep 600".formatted(folder)).folder();
        first = new Workshop(source).file(folder.resolve("repository")).tools(slow).underSupervision();
        second = new Workshop(source).file(folder.resolve("repository")).underSupervision();
    }

    @AfterEach
    void leave_nothing_running() {
        first.runBackup().stop();
    }

    @Test
    void an_attempt_that_hears_of_a_later_one_stops_and_says_nothing() throws Exception {
        Event<BackupRequested> request = first.request();
        Thread run = dumping(request);
        Runnable later = second.runBackup().claim(again(request), second);

        first.runBackup().heard(second.events.getFirst());
        run.join();
        later.run();

        assertThat(first.events).extracting(event -> event.data().getClass()).containsExactly((Class) BackupStarted.class);
        assertOneBackupOfAttempt(2);
    }

    @Test
    void a_later_attempt_ends_the_sessions_of_one_that_hears_nothing() throws Exception {
        Event<BackupRequested> request = first.request();
        Thread run = dumping(request);

        second.run(again(request));

        assertOneBackupOfAttempt(2);
        assertThat(source.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%s/1%%'"
                .formatted(BackupId.of(request)))).isEmpty();
        first.runBackup().heard(second.events.getFirst());
        run.join();
        assertThat(first.events).hasSize(1);
    }

    @Test
    void sessions_that_a_killed_worker_left_are_ended_with_the_lock_and_the_snapshot_they_hold() {
        Event<BackupRequested> request = second.request();
        ConnectionSettings settings = ConnectionSettings.of(source.host(), source.port(), source.name(), source.user(),
                new Password(source.password()));
        SessionName left = SessionName.of(BackupId.of(request).toString(), 1);
        try (SourceProbe idle = SourceProbe.connect(settings, left.drawing().toString());
                ExportedSnapshot snapshot = ExportedSnapshot.open(settings, left.toString())) {
            idle.backupSessions(left.drawing()).drawTicket();
            assertThat(idle.tryLock()).isTrue();

            second.run(again(request));

            assertOneBackupOfAttempt(2);
            assertThat(snapshot.isHeld()).isFalse();
        }
    }

    @Test
    void a_claim_of_the_same_or_a_lower_attempt_yields_and_leaves_the_other_alone() throws Exception {
        Event<BackupRequested> request = again(first.request());
        Thread run = dumping(request);

        Event<?> same = second.run(request);
        Event<?> lower = second.run(new Event<>(request.id(), request.source(), null, request.time(), request.correlationId(), null,
                new BackupRequested(Workshop.ALIAS, null, null, null, 1, null, null, null)));

        for (Event<?> end : new Event<?>[] {same, lower}) {
            assertThat(end.data()).isInstanceOfSatisfying(RunReleased.class, released -> {
                assertThat(released.reason()).contains("another claim");
                assertThat(released.nonce()).isNotEqualTo(first.started().nonce());
                assertThat(released.failures()).isZero();
            });
        }
        assertThat(((RunReleased) lower.data()).nonce()).isEqualTo(second.started().nonce());
        assertThat(source.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%s/2%%'"
                .formatted(BackupId.of(request)))).as("it dumps on").isNotEmpty();
        first.runBackup().stop();
        run.join();
    }

    /** Returns when its data is on the way. */
    private Thread dumping(Event<BackupRequested> request) {
        Runnable job = first.runBackup().claim(request, first);
        Thread run = Thread.ofPlatform().start(job);
        await().until(() -> Files.exists(folder.resolve("begun")));
        return run;
    }

    private static Event<BackupRequested> again(Event<BackupRequested> request) {
        return new Event<>(request.id(), request.source(), null, request.time(), request.correlationId(), null,
                new BackupRequested(Workshop.ALIAS, null, null, null, 2, null, null, null));
    }

    private void assertOneBackupOfAttempt(int attempt) {
        assertThat(second.events.getLast().data()).isInstanceOfSatisfying(BackupCompleted.class,
                completed -> assertThat(completed.attempt()).isEqualTo(attempt));
        assertThat(second.keys("files")).filteredOn(key -> key.endsWith("manifest.json")).hasSize(1);
        assertThat(second.keys("files")).as("nothing of another attempt").hasSize(3);
    }
}
