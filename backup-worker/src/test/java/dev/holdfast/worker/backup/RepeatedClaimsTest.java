package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker that confirms too late, or not at all, makes of a claim. No source is reached here. */
class RepeatedClaimsTest {

    @TempDir
    private Path folder;
    private final List<Event<?>> told = new ArrayList<>();
    private final ServiceIdentity identity = ServiceIdentity.newInstance("backup-worker", Clock.systemUTC());
    private RunBackup runBackup;
    private boolean confirms = true;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {local: {path: repository}}
                databases: {shop: {host: localhost, user: backup, encryption: none}}
                """);
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        Repository repository = Repository.open("local", FileStore.at(folder.resolve("repository")));
        runBackup = new RunBackup(config, secret -> null, name -> repository.writer(), () -> {
            throw new IllegalStateException("a job began");
        }, identity, Clock.systemUTC(), CopySettings.DEFAULT);
    }

    @Test
    void a_claim_that_was_not_confirmed_is_repeated_as_the_same_start() {
        Event<BackupRequested> request = request(1);
        confirms = false;
        for (int tried = 0; tried < 2; tried++) {
            assertThatThrownBy(() -> claim(request)).isInstanceOf(HoldfastException.class);
        }
        confirms = true;
        claim(request);
        assertThat(told).hasSize(3).allMatch(told.getFirst()::equals);
        assertThat(nonce(claim(request(1)))).as("another request").isNotEqualTo(nonce(told.getFirst()));
    }

    @Test
    void a_claim_that_comes_again_once_it_was_given_back_or_begun_has_a_nonce_of_its_own() {
        Event<BackupRequested> request = request(1);
        Event<?> first = claim(request);
        BackupStarted started = (BackupStarted) first.data();
        runBackup.heard(Event.of("/holdfast/scheduler", Instant.now(), new RunReleased("shop", started.backupId(), "backup", 1,
                "went silent", started.nonce(), null, 1)));
        Event<?> second = claim(request);
        assertThat(nonce(second)).isNotEqualTo(nonce(first));
        runBackup.claim(request, listener()).run();
        assertThat(nonce(claim(request))).as("its job has begun").isNotEqualTo(nonce(second));
    }

    @Test
    void a_claim_that_was_repeated_begins_one_job() {
        Event<BackupRequested> request = request(1);
        Runnable first = runBackup.claim(request, listener());
        Runnable second = runBackup.claim(request, listener());
        second.run();
        first.run();
        assertThat(told).filteredOn(event -> event.data() instanceof BackupFailed).hasSize(1);
    }

    private Event<?> claim(Event<BackupRequested> request) {
        runBackup.claim(request, listener());
        return told.getLast();
    }

    private static String nonce(Event<?> started) {
        return ((BackupStarted) started.data()).nonce();
    }

    private Event<BackupRequested> request(int attempt) {
        return identity.event(null, "c", new BackupRequested("shop", "dump", null, null, attempt, "test", null, null));
    }

    private RunListener listener() {
        return new RunListener() {
            @Override
            public void happened(Event<?> event) {
                told.add(event);
                if (!confirms) {
                    throw new HoldfastException(FailureKind.RETRIABLE, "not-confirmed", "no broker answered", "wait");
                }
            }

            @Override
            public void progressed(RunProgressed progress, String correlationId) {
            }
        };
    }
}
