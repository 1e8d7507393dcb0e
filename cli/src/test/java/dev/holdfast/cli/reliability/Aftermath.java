package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.Repository;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Waits for a run's end and holds what is left to the promises. */
final class Aftermath {

    private static final Duration END = Duration.ofMinutes(4);
    private static final Duration SETTLED = Duration.ofMinutes(2);
    /** What the subscriber has subscribed. */
    private static final Pattern SUBSCRIBED = Pattern.compile("(backup|alert|run)\\..*");

    private final Installation installation;
    private final String which;

    /** @param which for messages */
    Aftermath(Installation installation, String which) {
        this.installation = installation;
        this.which = which;
    }

    /** How it ended. Everything else that was promised is asserted. */
    Outcome of(Scene scene) {
        assertThat(installation.sightings().await(END, () -> over(scene))).as(() -> which + ": has no end\n"
                + story(scene) + installation.logs()).isTrue();
        await(which).atMost(SETTLED).untilAsserted(() -> {
            assertThat(new Debris(installation).of(scene)).as("debris").isEmpty();
            assertToldOnce(scene);
        });
        List<BackupFailed> failed = scene.events(BackupFailed.class).toList();
        if (!failed.isEmpty()) {
            assertFailedLoudly(scene);
            return Outcome.FAILED_LOUDLY;
        }
        assertFinishedOnce(scene);
        return Outcome.FINISHED_ONCE;
    }

    private boolean over(Scene scene) {
        boolean proven = scene.events(BackupVerified.class).anyMatch(verified -> verified.backupId().equals(scene.backup().toString()));
        boolean expired = scene.older().map(BackupId::toString).map(older -> scene.events(BackupExpired.class)
                .anyMatch(gone -> gone.backupId().equals(older))).orElse(true);
        return proven && expired || scene.events(BackupFailed.class).findAny().isPresent();
    }

    private void assertFinishedOnce(Scene scene) {
        assertThat(ids(scene, BackupCompleted.class)).as(() -> "completed" + story(scene)).hasSize(1);
        assertThat(ids(scene, BackupVerified.class)).as(() -> "verified" + story(scene)).hasSize(1);
        try (Repository repository = installation.open()) {
            assertThat(repository.catalog().backups(scene.database())).as("one manifest").containsExactly(scene.backup());
        }
        if (scene.older().isPresent()) {
            assertThat(ids(scene, BackupExpired.class)).as(() -> "expired" + story(scene)).hasSize(1);
        }
    }

    private void assertFailedLoudly(Scene scene) {
        try (Repository repository = installation.open()) {
            assertThat(repository.catalog().backups(scene.database())).as(() -> "a failed run has no backup" + story(scene))
                    .doesNotContain(scene.backup());
        }
        assertThat(scene.events(AlertRaised.class)).as("an alert").isNotEmpty();
    }

    /** Each event of the log that is subscribed, and no other, under one id each. */
    private static void assertToldOnce(Scene scene) {
        Set<String> expected = scene.events().stream().filter(event -> SUBSCRIBED.matcher(event.type().shortName()).matches())
                .filter(event -> !event.type().shortName().equals("backup.requested") && !event.type().shortName().equals("run.progressed"))
                .map(Aftermath::id).collect(Collectors.toSet());
        List<ToldSubscriber.Told> told = scene.told();
        assertThat(told.stream().map(ToldSubscriber.Told::event).collect(Collectors.toSet())).as("told").isEqualTo(expected);
        assertThat(told.stream().map(one -> one.event() + " " + one.webhookId()).distinct()).as("one webhook-id for each event")
                .hasSize(expected.size());
        assertThat(told.stream().map(ToldSubscriber.Told::webhookId).distinct()).as("a webhook-id for each event").hasSize(expected.size());
    }

    private static Set<String> ids(Scene scene, Class<? extends Payload> kind) {
        return scene.events().stream().filter(event -> kind.isInstance(event.data())).map(Aftermath::id).collect(Collectors.toSet());
    }

    private static String id(Event<?> event) {
        return event.source() + " " + event.id();
    }

    /** What happened, for a failure's message. */
    private static String story(Scene scene) {
        return scene.events().stream().filter(event -> !event.type().shortName().equals("run.progressed"))
                .map(event -> event.time() + " " + event.type().shortName() + " " + event.data()).collect(Collectors.joining("\n", "\n", "\n"));
    }
}
