package dev.holdfast.worker.backup;

import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import java.util.function.BooleanSupplier;

/** Where a run says what happens: the log and the pulse, or a terminal. Called from the run's threads, one call at a time each. */
public interface RunListener {

    /**
     * {@code backup.started}, or how a request ended that became no run. The same happening has the same event id however
     * often it is told.
     *
     * @throws dev.holdfast.failure.HoldfastException where it could not be told; a run that can't tell that it started
     *                                                does not start
     */
    void happened(Event<?> event);

    /**
     * How a run ended: {@code backup.completed}, {@code backup.failed}, {@code run.deferred}, {@code run.released} or
     * {@code run.cancelled}. Returns when it was told, however long that takes.
     *
     * @param superseded whether a higher attempt is known to have started: then anything but a completion is not this run's
     *                   to tell any more. To be asked when all that was told before now is known
     */
    default void ended(Event<?> outcome, BooleanSupplier superseded) {
        happened(outcome);
    }

    /** Whether somebody dispatches again what is deferred or released. Where nobody does, a run waits, or fails at once. */
    default boolean supervised() {
        return false;
    }

    /** A beat; must not block and must not throw. */
    void progressed(RunProgressed progress, String correlationId);
}
