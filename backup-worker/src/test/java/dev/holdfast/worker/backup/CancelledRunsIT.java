package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that somebody wants ended, in each of its phases. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class CancelledRunsIT {

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
        shop = new Workshop(source).file(folder.resolve("repository")).tools(tools.folder()).underSupervision();
    }

    @AfterEach
    void leave_nothing_running() {
        shop.runBackup().stop();
    }

    @Test
    void before_it_began() throws Exception {
        Runnable job = shop.runBackup().claim(shop.request(), shop);
        cancel();
        job.run();

        assertCancelled();
    }

    @Test
    void in_a_preflight_that_hangs_on_a_lock() throws Exception {
        cancelWhileWaitingFor("pg_extension");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_dumpall", "pg_dump"})
    void while_globals_or_data_are_dumped(String program) throws Exception {
        tools.script(program, "REAL | head -c 50000; touch %s/begun; exec sleep 600".formatted(folder));
        Thread run = start();
        await().until(() -> Files.exists(folder.resolve("begun")));
        cancel();
        run.join();

        assertCancelled();
    }

    @Test
    void while_the_dump_waits_for_a_table_its_session_ends_too() throws Exception {
        cancelWhileWaitingFor("t");
    }

    @Test
    void before_the_manifest_is_written() throws Exception {
        shop.at("commit", this::cancel);
        shop.run();

        assertCancelled();
    }

    @Test
    void when_its_manifest_is_being_written_it_completes() throws Exception {
        ObjectStore store = FileStore.at(Files.createDirectories(folder.resolve("late")));
        ObjectStore watched = (ObjectStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("create") && arguments[0].toString().endsWith("manifest.json")) {
                        cancel();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        shop = new Workshop(source).store("files", watched).tools(tools.folder()).underSupervision();

        assertThat(shop.run().data()).isInstanceOf(BackupCompleted.class);
        assertThat(shop.events).noneMatch(event -> event.data() instanceof RunCancelled);
    }

    @Test
    void another_runs_cancellation_is_nothing_to_it() {
        shop.at("dump", () -> {
            heard(new RunCancelling(Workshop.ALIAS, "20260203T020000Z-dump-000000000001", "backup", null, "ops", null));
            heard(new RunCancelling(Workshop.ALIAS, shop.started().backupId(), "verification", "files", "ops", null));
        });

        assertThat(shop.run().data()).isInstanceOf(BackupCompleted.class);
    }

    private void cancelWhileWaitingFor(String table) throws Exception {
        try (Connection holder = source.connect(); Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            Thread run = start();
            await().until(() -> source.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'holdfast/%'")
                    .equals("1"));
            cancel();
            run.join();

            assertCancelled();
        }
    }

    private Thread start() {
        Event<BackupRequested> request = shop.request();
        return Thread.ofPlatform().start(() -> shop.run(request));
    }

    private void cancel() {
        heard(new RunCancelling(Workshop.ALIAS, shop.started().backupId(), "backup", null, "ops", "the shop is slow"));
    }

    private void heard(RunCancelling wanted) {
        shop.runBackup().heard(Event.of("/holdfast/cli", Instant.now(), wanted));
    }

    /** Once it is told, nothing is held on the source: no snapshot, no lock, no session. */
    private void assertCancelled() throws IOException {
        RunCancelled cancelled = (RunCancelled) shop.events.getLast().data();
        assertThat(cancelled.nonce()).isEqualTo(shop.started().nonce());
        assertThat(cancelled.requester()).isEqualTo("ops");
        assertThat(cancelled.reason()).isEqualTo("the shop is slow");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(source.query(
                "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%' AND datname = current_database()"))
                .isEmpty());
        try (var files = Files.walk(folder.resolve("repository"))) {
            assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString())).isSubsetOf("repository.json");
        }
    }
}
