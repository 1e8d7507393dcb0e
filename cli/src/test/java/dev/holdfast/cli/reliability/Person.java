package dev.holdfast.cli.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.verifier.intake.QueueVerifications;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/** Does what {@code holdfast cancel}, {@code retry} and {@code verify} do, and what the verifier's sweep does with an old proof. */
final class Person {

    private static final Duration SEEN = Duration.ofMinutes(3);
    private static final String NAME = "/test/somebody";

    private final Installation installation;
    private final Scene scene;

    Person(Installation installation, Scene scene) {
        this.installation = installation;
        this.scene = scene;
    }

    /** The id of the request for a proof that {@link #act} publishes. */
    static String proofOf(Scene scene) {
        return "proof-of-" + scene.backup();
    }

    /** What makes the step happen; nothing where it happens by itself. {@code cancelled} is called once the first attempt is. */
    void act(RunStep step, Runnable cancelled) {
        switch (step) {
            case CANCELLING -> cancel();
            case RETRIED -> {
                cancel();
                awaited("the run is cancelled", one -> one.first(RunCancelled.class, any -> true).isPresent());
                cancelled.run();
                retry();
            }
            case VERIFY_BESIDE -> {
                awaited("the intake's proof", RunStep.VERIFICATION_STARTED::seen);
                publish(proofOf(scene), NAME, new VerificationRequested(scene.database(), scene.backup().toString(), null, null, NAME, null, 1));
            }
            case REPROOF -> {
                awaited("the first proof", RunStep.VERIFIED::seen);
                reprove();
            }
            default -> { }
        }
    }

    private void cancel() {
        awaited("the dump", RunStep.DUMP::seen);
        publish("cancel-" + scene.backup(), NAME, new RunCancelling(scene.database(), scene.backup().toString(), "backup", null, NAME, "the kill matrix"));
    }

    /** As soon as the scheduler has heard that it is over. */
    private void retry() {
        await("the run may be retried").atMost(SEEN).ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> installation.ask("/api/v1/runs/" + scene.backup() + "/retry", "{\"requester\": \"somebody\"}") == 202);
    }

    /** Under the id that the sweep gives to the second proof of a copy. */
    private void reprove() {
        try (Repository repository = installation.open()) {
            ManifestDocument manifest = repository.catalog().manifest(scene.database(), scene.backup());
            assertThat(repository.verifications().of(manifest)).hasSize(1);
            publish(QueueVerifications.requestId(manifest, repository.name(), 1), "/holdfast/" + ServiceRole.VERIFIER.service(),
                    new VerificationRequested(scene.database(), scene.backup().toString(), repository.name(), "equal",
                            QueueVerifications.REQUESTER, "reverify: the kill matrix", 1));
        }
    }

    private void publish(String id, String source, Payload said) {
        String correlation = said instanceof VerificationRequested ? proofOf(scene) : scene.database();
        installation.publish(new Event<>(id, source, scene.backup().toString(), Instant.now(), correlation, null, said));
    }

    private void awaited(String what, Predicate<Scene> so) {
        assertThat(installation.sightings().await(SEEN, () -> so.test(scene))).as(() -> what + " was never seen" + installation.logs()).isTrue();
    }
}
