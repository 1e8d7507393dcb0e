package dev.holdfast.worker.backup;

import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;

/** Where a run says what happens: the log and the pulse, or a terminal. Called from the run's threads, one call at a time each. */
public interface RunListener {

    /**
     * {@code backup.started}, {@code backup.completed} or {@code backup.failed}. The same happening has the same event id
     * however often it is told.
     *
     * @throws dev.holdfast.failure.HoldfastException where it could not be told; a run that can't tell that it started
     *                                                does not start
     */
    void happened(Event<?> event);

    /** A beat; must not block and must not throw. */
    void progressed(RunProgressed progress, String correlationId);
}
