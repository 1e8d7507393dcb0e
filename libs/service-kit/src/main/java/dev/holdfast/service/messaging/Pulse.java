package dev.holdfast.service.messaging;

import dev.holdfast.events.RunProgressed;

/** The beats of running work, throttled: a beat that comes too early is dropped unless its phase is new. */
public final class Pulse {

    /** Never blocks and never throws for want of a broker; the next beat says the same. */
    public void beat(RunProgressed progress, String correlationId) {
        throw new UnsupportedOperationException();
    }
}
