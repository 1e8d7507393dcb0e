package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The log, the queues and every consumer's position are gone, while all services run on. */
@Tag("slow")
@Timeout(1200)
@ExtendWith(NeedsNamespaces.class)
class BrokerWipedIT {

    @TempDir
    Path folder;

    @Test
    void after_the_broker_lost_everything_the_backups_are_known_nothing_is_done_again_and_the_next_run_finishes_once() {
        try (Installation installation = new Installation(folder, PostgresServer.shared().createDatabase(), List.of("shop"), ClassCache.none())) {
            Scene first = installation.request("shop", "first", Optional.empty());
            assertThat(installation.sightings().await(Duration.ofMinutes(3), () -> RunStep.DELIVERED.seen(first)))
                    .as(installation::logs).isTrue();

            installation.wipeBroker();

            await("the view is what it was").atMost(Duration.ofMinutes(2)).ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> installation.api("/api/v1/backups?database=shop"),
                            answer -> answer.contains(first.backup().toString()) && answer.contains("\"verified\""));
            Scene second = installation.request("shop", "second", Optional.of(first.backup()));
            assertThat(new Aftermath(installation, "the run after the wipe", Attempts.UNDISTURBED, false).of(second)).isEqualTo(Outcome.FINISHED_ONCE);
            assertThat(second.events(BackupStarted.class)).extracting(BackupStarted::backupId).containsOnly(second.backup().toString());
            assertThat(second.events(VerificationStarted.class)).extracting(VerificationStarted::backupId)
                    .containsOnly(second.backup().toString());
        }
    }
}
