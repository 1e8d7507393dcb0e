package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;

/** Where a run says what happens: the log and the pulse, or a terminal. Called from the run's threads, one call at a time each. */
public interface RunListener {

    /**
     * {@code backup.started}, {@code backup.completed}, {@code backup.failed} or {@code run.released}. The same happening has the same event id
     * however often it is told.
     *
     * @throws dev.holdfast.failure.HoldfastException where it could not be told; a run that can't tell that it started
     *                                                does not start
     */
    void happened(Event<?> event);

    /**
     * The worker shuts down: asks for the same run again with its next attempt.
     *
     * @return whether somebody may take it over; not at a terminal
     * @throws dev.holdfast.failure.HoldfastException where asking was not confirmed
     */
    boolean again(Event<BackupRequested> request);

    /** A beat; must not block and must not throw. */
    void progressed(RunProgressed progress, String correlationId);
}
