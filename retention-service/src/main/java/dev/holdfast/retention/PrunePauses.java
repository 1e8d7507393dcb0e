package dev.holdfast.retention;

import dev.holdfast.events.Topics;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.pause.Pauses;
import java.time.Duration;
import java.util.Optional;
import org.springframework.context.SmartLifecycle;

/**
 * Whether pruning is paused, by the log from its start. A pause that was not read yet can't be honoured, so where the log
 * can't be read up to now the answer is that nobody knows.
 */
final class PrunePauses implements SmartLifecycle {

    private static final String PRUNE = "prune";

    private final Pauses pauses = new Pauses();
    private final LogFollower log;

    PrunePauses(LogFollowers followers) {
        this.log = followers.fromStart(Topics.EVENTS, (event, position) -> pauses.apply(event, position.appended()));
    }

    /** @return false where {@code atMost} passed before everything that is on the log now was read */
    boolean awaitCurrent(Duration atMost) {
        return log.awaitCurrent(atMost);
    }

    /** @param database an alias, or null for what belongs to none */
    Optional<Pauses.Pause> of(String database) {
        return pauses.of(database, PRUNE);
    }

    @Override
    public void start() {
        log.start();
    }

    @Override
    public void stop() {
        log.stop();
    }

    @Override
    public boolean isRunning() {
        return log.isRunning();
    }

    /** Before what prunes, and stopped after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
