package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunReleased;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.store.FaultyStore;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that end in every bad way leave no backup, no object and no upload. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class FailingProgramsIT {

    @TempDir
    Path folder;
    private FakeTools tools;
    private Workshop shop;
    private PostgresServer.Database source;

    @BeforeEach
    void prepare(PostgresServer server, PostgresServer.Database database) throws IOException {
        source = database;
        source.exec("CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
        tools = new FakeTools(folder.resolve("tools"), server);
        shop = new Workshop(source).file(folder.resolve("repository")).tools(tools.folder());
    }

    @Test
    void a_dump_that_printed_all_its_data_and_exited_1_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "REAL; exit 1");

        assertFailed("dump-failed", "dump");
    }

    @Test
    void a_dump_that_printed_nothing_and_exited_0_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "exit 0");

        assertFailed("dump-empty", "dump");
    }

    @Test
    void a_dump_that_printed_nothing_and_exited_1_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "exit 1");

        assertFailed("dump-failed", "dump");
    }

    @Test
    void a_dump_killed_in_mid_stream_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "REAL | head -c 50000; kill -9 $$");

        assertFailed("program-killed", "dump");
    }

    @Test
    void a_dump_that_is_no_archive_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "head -c 300000 /dev/urandom");

        assertFailed("archive-unreadable", "dump");
    }

    @Test
    void a_dump_that_ends_inside_its_table_of_contents_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "REAL | head -c 700");

        assertFailed("archive-unreadable", "dump");
    }

    @Test
    void globals_that_fail_leave_no_backup() throws Exception {
        tools.script("pg_dumpall", "echo partly; exit 1");

        assertFailed("globals-failed", "globals");
    }

    @Test
    void tools_older_than_the_server_are_named_before_anything_is_dumped(PostgresServer server) throws Exception {
        Path older = new FakeTools(folder.resolve("older"), server, "12.3").folder();
        shop = new Workshop(source).file(folder.resolve("repository")).tools(older);

        BackupFailed failed = shop.fail();

        assertThat(failed.code()).isEqualTo("tools-too-old");
        assertThat(failed.phase()).isEqualTo("preflight");
        assertThat(failed.reason()).contains("12.3");
    }

    @Test
    void a_disk_that_fills_up_in_mid_dump_leaves_no_backup_and_no_upload() throws Exception {
        shop = new Workshop(source).tools(tools.folder())
                .store("files", new FaultyStore(FileStore.at(Files.createDirectories(folder.resolve("repository")))).fullAfter(100_000));

        BackupFailed failed = shop.fail();

        assertThat(shop.started()).isNotNull();
        assertThat(failed.phase()).isEqualTo("dump");
        assertThat(failed.reason()).contains("no space left");
        assertThat(shop.repository("files").catalog().backups(Workshop.ALIAS)).isEmpty();
        assertNothingStored();
        assertNoSessionIsLeft();
    }

    @Test
    void a_run_past_its_deadline_is_killed_and_leaves_no_backup() throws Exception {
        tools.script("pg_dump", "REAL | head -c 50000; exec sleep 600");
        shop.deadline(Duration.ofSeconds(5));

        assertFailed("deadline-passed", "dump");
        assertNoSessionIsLeft();
    }

    @Test
    void a_worker_that_stops_gives_its_run_back_at_once_and_leaves_nothing() throws Exception {
        shop.underSupervision();
        stopWhileDumping(shop.request(new BackupRequested(Workshop.ALIAS, null, null, null, 4, null, null, null, 1)));

        RunReleased released = (RunReleased) shop.events.getLast().data();
        assertThat(released.runId()).isEqualTo(shop.started().backupId());
        assertThat(released.attempt()).isEqualTo(4);
        assertThat(released.nonce()).isEqualTo(shop.started().nonce());
        assertThat(released.failures()).as("a deployment is no failure").isEqualTo(1);
        assertNothingStored();
        assertNoSessionIsLeft();
    }

    @Test
    void a_run_that_nobody_would_take_over_fails_when_it_is_stopped_and_says_that_trying_again_helps() throws Exception {
        stopWhileDumping(shop.request());

        BackupFailed failed = (BackupFailed) shop.events.getLast().data();
        assertThat(failed.code()).isEqualTo("worker-stopped");
        assertThat(failed.failureKind()).isEqualTo("retriable");
        assertNothingStored();
        assertNoSessionIsLeft();
        assertThatThrownBy(() -> shop.runBackup().claim(shop.request(), shop))
                .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("worker-stopped"));
    }

    @Test
    void a_run_whose_start_can_not_be_told_does_not_start() throws IOException {
        RunListener deaf = new RunListener() {
            @Override
            public void happened(Event<?> event) {
                throw new IllegalStateException("no broker");
            }

            @Override
            public void progressed(dev.holdfast.events.RunProgressed progress, String correlationId) {
                throw new IllegalStateException("no broker");
            }
        };

        assertThatThrownBy(() -> shop.runBackup().claim(shop.request(), deaf)).hasMessage("no broker");
        assertNothingStored();
    }

    private void stopWhileDumping(Event<BackupRequested> request) throws Exception {
        tools.script("pg_dump", "REAL | head -c 50000; exec sleep 600");
        Runnable job = shop.runBackup().claim(request, shop);
        Thread slot = Thread.ofPlatform().start(job);
        await().until(() -> shop.beats.stream().anyMatch(beat -> beat.phase().equals("dump") && beat.bytes() > 0));
        shop.runBackup().stop();
        slot.join();
    }

    private void assertFailed(String code, String phase) throws IOException {
        BackupFailed failed = shop.fail();

        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.phase()).isEqualTo(phase);
        assertThat(failed.nextStep()).isNotBlank();
        assertThat(shop.events.getFirst().data()).isInstanceOf(BackupStarted.class);
        assertNothingStored();
    }

    private void assertNothingStored() throws IOException {
        try (var files = Files.walk(folder.resolve("repository"))) {
            List<String> names = files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
            assertThat(names).isSubsetOf("repository.json");
        }
    }

    /** The snapshot's session and the lock's are gone, as are those of killed programs. */
    private void assertNoSessionIsLeft() {
        await().untilAsserted(() -> assertThat(source.query(
                "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%' AND datname = current_database()"))
                .isEmpty());
    }
}
