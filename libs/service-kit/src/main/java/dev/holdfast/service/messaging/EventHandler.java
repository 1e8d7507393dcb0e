package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;

/** What a follower does with a record of the log. */
@FunctionalInterface
public interface EventHandler {

    /**
     * Called once per record and in order within a partition; again after a crash, so it must bear repetition. A
     * retriable {@link dev.holdfast.failure.HoldfastException} holds the partition and is tried again; any other throw
     * is tried twice more and then dead-lettered.
     */
    void handle(Event<? extends Payload> event, LogPosition position);
}
