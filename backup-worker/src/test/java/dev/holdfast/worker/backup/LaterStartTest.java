package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaterStartTest {

    /** A Tuesday, 10:00 in Berlin. */
    private static final Instant NOW = Instant.parse("2026-02-03T09:00:00Z");
    private static final HoldfastException PASSES =
            new HoldfastException(FailureKind.RETRIABLE, "source-unreachable", "no route", "look");

    @TempDir
    private Path folder;

    @Test
    void a_scheduled_run_waits_for_the_end_of_all_windows_that_follow_each_other_in_the_databases_zone() throws IOException {
        assertThat(later(0.5).afterBlackout(run(BackupId.SCHEDULER, NOW, null, null, true), NOW))
                .contains(Instant.parse("2026-02-03T18:30:00Z"));
        assertThat(later(0.5).afterBlackout(run(BackupId.SCHEDULER, NOW, null, null, true), Instant.parse("2026-02-03T18:30:00Z")))
                .isEmpty();
    }

    @Test
    void what_people_ask_for_runs_in_a_window_and_so_does_what_nobody_would_dispatch_again() throws IOException {
        assertThat(later(0.5).afterBlackout(run("/cli", NOW, null, null, true), NOW)).isEmpty();
        assertThat(later(0.5).afterBlackout(run(BackupId.SCHEDULER, null, null, null, true), NOW)).isEmpty();
        assertThat(later(0.5).afterBlackout(run(BackupId.SCHEDULER, NOW, null, null, false), NOW)).isEmpty();
    }

    @Test
    void the_pause_after_a_failure_doubles_and_is_spread_by_a_fifth() throws IOException {
        assertThat(later(0.5).afterFailure(run("/cli", null, null, null, true), PASSES, NOW)).contains(NOW.plusSeconds(60));
        assertThat(later(0.5).afterFailure(run("/cli", null, 1, null, true), PASSES, NOW)).contains(NOW.plusSeconds(120));
        assertThat(later(0.0).afterFailure(run("/cli", null, 1, null, true), PASSES, NOW)).contains(NOW.plusSeconds(96));
        assertThat(later(1.0).afterFailure(run("/cli", null, 1, null, true), PASSES, NOW)).contains(NOW.plusSeconds(144));
    }

    @Test
    void there_is_no_further_try_past_the_attempts_past_the_deadline_after_a_lasting_failure_or_unsupervised() throws IOException {
        assertThat(later(0.5).afterFailure(run("/cli", null, 2, null, true), PASSES, NOW)).as("three attempts").isEmpty();
        assertThat(later(0.5).afterFailure(run("/cli", null, 0, NOW.plusSeconds(60), true), PASSES, NOW)).isEmpty();
        assertThat(later(0.5).afterFailure(run("/cli", null, 0, NOW.plusSeconds(61), true), PASSES, NOW)).isPresent();
        assertThat(later(0.5).afterFailure(run("/cli", null, 0, null, true),
                new HoldfastException(FailureKind.PERMANENT, "database-missing", "gone", "look"), NOW)).isEmpty();
        assertThat(later(0.5).afterFailure(run("/cli", null, 0, null, false), PASSES, NOW)).isEmpty();
    }

    private static LaterStart later(double random) {
        return new LaterStart(() -> random);
    }

    private Run run(String source, Instant fireTime, Integer failures, Instant deadline, boolean supervised) throws IOException {
        Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {local: {path: repository}}
                databases: {shop: {user: backup, encryption: none, zone: Europe/Berlin, blackouts: ["Mon-Fri 08:00-18:00", "Tue 17:30-19:30"]}}
                """);
        HoldfastConfig config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty());
        Repository repository = Repository.open("local", FileStore.at(folder.resolve("repository")));
        return new ClaimRequest(config, name -> repository.writer(), Clock.fixed(NOW, ZoneOffset.UTC)).claim(new Event<>("id",
                source, null, NOW, "c", null, new BackupRequested("shop", null, List.of(), fireTime, null, null, null, deadline,
                        failures)), supervised);
    }
}
