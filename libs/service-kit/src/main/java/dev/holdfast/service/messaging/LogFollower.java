package dev.holdfast.service.messaging;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Reads a topic as a log, in order. As a bean it starts and stops with the service; it survives a broker's absence. */
public abstract class LogFollower implements SmartLifecycle, AutoCloseable {

    LogFollower() {
    }

    /**
     * Waits until every record that was there when this follower started has been handled.
     *
     * @return false where {@code atMost} passed before
     */
    public abstract boolean awaitCaughtUp(Duration atMost);

    @Override
    public void close() {
        stop();
    }
}
