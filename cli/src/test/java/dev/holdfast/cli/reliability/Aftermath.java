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
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.VerificationRequested;
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
    private static final Duration LOOK = Duration.ofMillis(300);
    /** What the subscriber has subscribed. */
    private static final Pattern SUBSCRIBED = Pattern.compile("(backup|alert|run)\\..*");

    private final Installation installation;
    private final String which;
    private final Attempts attempts;
    private final boolean cancelled;

    /**
     * @param which     for messages
     * @param attempts  how many there may have been
     * @param cancelled whether the run was to end without a backup
     */
    Aftermath(Installation installation, String which, Attempts attempts, boolean cancelled) {
        this.installation = installation;
        this.which = which;
        this.attempts = attempts;
        this.cancelled = cancelled;
    }

    /** How it ended. Everything else that was promised is asserted. */
    Outcome of(Scene scene) {
        assertThat(installation.sightings().await(END, () -> over(scene))).as(() -> which + ": has no end\n"
                + scene.story() + installation.logs()).isTrue();
        if (hasFailed(scene)) {
            installation.sightings().await(Installation.LEASE, () -> false); // for somebody who goes on all the same
        }
        await(which).atMost(SETTLED).pollInterval(LOOK).untilAsserted(() -> {
            assertToldOnce(scene);
            assertThat(new Debris(installation).of(scene)).as("debris").isEmpty();
            assertThat(installation.running(scene.database())).as(() -> "what the status says that runs" + scene.story()).isEmpty();
        });
        return assertStands(scene);
    }

    /** As {@link #of}, of a run that is over and was left alone since. */
    Outcome assertStands(Scene scene) {
        if (hasFailed(scene)) {
            assertFailedLoudly(scene);
            return Outcome.FAILED_LOUDLY;
        }
        attempts.assertNoMore(scene);
        assertToldOnce(scene);
        if (cancelled) {
            assertCancelled(scene);
            return Outcome.CANCELLED;
        }
        assertFinishedOnce(scene);
        return Outcome.FINISHED_ONCE;
    }

    private boolean over(Scene scene) {
        if (hasFailed(scene)) {
            return true;
        }
        if (cancelled) {
            return scene.events(RunCancelled.class).findAny().isPresent();
        }
        boolean expired = scene.older().map(BackupId::toString).map(older -> scene.events(BackupExpired.class)
                .anyMatch(gone -> gone.backupId().equals(older))).orElse(true);
        return expired && proofs(scene) >= attempts.proofs();
    }

    /** Requests of proofs that one followed from. */
    private static long proofs(Scene scene) {
        Set<String> asked = scene.events().stream().filter(event -> event.data() instanceof VerificationRequested)
                .map(Event::correlationId).collect(Collectors.toSet());
        return asked.stream().filter(request -> scene.following(request, BackupVerified.class).isPresent()).count();
    }

    private static boolean hasFailed(Scene scene) {
        return scene.events(BackupFailed.class).findAny().isPresent();
    }

    private void assertFinishedOnce(Scene scene) {
        assertThat(ids(scene, BackupCompleted.class)).as(() -> "completed" + scene.story()).hasSize(1);
        assertThat(ids(scene, BackupVerified.class)).as(() -> "verified" + scene.story()).hasSize(attempts.proofs());
        try (Repository repository = installation.open()) {
            assertThat(repository.catalog().backups(scene.database())).as("one manifest").containsExactly(scene.backup());
        }
        if (scene.older().isPresent()) {
            assertThat(ids(scene, BackupExpired.class)).as(() -> "expired" + scene.story()).hasSize(1);
        }
    }

    private void assertCancelled(Scene scene) {
        assertThat(ids(scene, BackupCompleted.class)).as(() -> "completed" + scene.story()).isEmpty();
        assertNoBackup(scene);
    }

    private void assertFailedLoudly(Scene scene) {
        assertThat(ids(scene, BackupCompleted.class)).as(() -> "completed" + scene.story()).isEmpty();
        assertNoBackup(scene);
        assertThat(scene.events(AlertRaised.class)).as("an alert").isNotEmpty();
    }

    private void assertNoBackup(Scene scene) {
        try (Repository repository = installation.open()) {
            assertThat(repository.catalog().backups(scene.database())).as(() -> "there is no backup of it" + scene.story())
                    .doesNotContain(scene.backup());
        }
    }

    /** Each event of the log that is subscribed, and no other, under one id each. */
    private static void assertToldOnce(Scene scene) {
        Set<String> expected = scene.events().stream().filter(event -> SUBSCRIBED.matcher(event.type().shortName()).matches())
                .filter(event -> !event.type().shortName().equals("backup.requested") && !event.type().shortName().equals("run.progressed"))
                .map(Scene::id).collect(Collectors.toSet());
        List<ToldSubscriber.Told> told = scene.told();
        assertThat(told.stream().map(ToldSubscriber.Told::event).collect(Collectors.toSet())).as("told").isEqualTo(expected);
        assertThat(told.stream().map(one -> one.event() + " " + one.webhookId()).distinct()).as("one webhook-id for each event")
                .hasSize(expected.size());
        assertThat(told.stream().map(ToldSubscriber.Told::webhookId).distinct()).as("a webhook-id for each event").hasSize(expected.size());
    }

    private static <P extends Payload> Set<String> ids(Scene scene, Class<P> kind) {
        return scene.ids(kind, any -> true);
    }
}
