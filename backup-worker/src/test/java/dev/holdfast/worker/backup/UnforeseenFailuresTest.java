package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnforeseenFailuresTest {

    @TempDir
    private Path folder;

    @Test
    void an_error_that_nobody_expected_ends_the_run_as_a_bug_and_its_text_is_not_told() throws IOException {
        BackupFailed failed = run(() -> {
            throw new StackOverflowError("row 4711");
        });
        assertThat(failed.failureKind()).isEqualTo("bug");
        assertThat(failed.code()).isEqualTo("internal-error");
        assertThat(failed.toString()).contains("StackOverflowError").doesNotContain("4711");
    }

    @Test
    void memory_that_runs_out_ends_the_run_as_a_failure_that_may_pass() throws IOException {
        BackupFailed failed = run(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertThat(failed.failureKind()).isEqualTo("retriable");
        assertThat(failed.code()).isEqualTo("out-of-memory");
        assertThat(failed.nextStep()).contains("worker.slots");
    }

    /** Finding the tools is the first thing that a run does outside its claim. */
    private BackupFailed run(Supplier<PostgresTools> tools) throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {local: {path: repository}}
                databases: {shop: {host: localhost, user: backup, encryption: none}}
                """);
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        Repository repository = Repository.open("local", FileStore.at(folder.resolve("repository")));
        ServiceIdentity identity = ServiceIdentity.newInstance("backup-worker", Clock.systemUTC());
        List<Event<?>> told = new ArrayList<>();
        new RunBackup(config, secret -> null, name -> repository.writer(), tools, identity, Clock.systemUTC(),
                CopySettings.DEFAULT).run(identity.event(null, "c", new BackupRequested("shop", "dump", null, null, null,
                        "test", null, null)), new RunListener() {
                            @Override
                            public void happened(Event<?> event) {
                                told.add(event);
                            }

                            @Override
                            public void progressed(RunProgressed progress, String correlationId) {
                            }
                        });
        return (BackupFailed) told.getLast().data();
    }
}
