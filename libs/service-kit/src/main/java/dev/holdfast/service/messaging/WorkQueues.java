package dev.holdfast.service.messaging;

import dev.holdfast.events.Payload;

/** Opens queues for workers; a bean of every service. */
public final class WorkQueues {

    /**
     * A queue that is not polled before {@link WorkQueue#start()}; as a bean it starts and stops with the service.
     *
     * @param topic one of the request topics
     * @param group the share group, the same for all instances
     * @param type  the payload; any other is dead-lettered
     * @param slots jobs at once
     */
    public <P extends Payload> WorkQueue<P> open(String topic, String group, Class<P> type, int slots,
            WorkHandler<P> handler) {
        throw new UnsupportedOperationException();
    }
}
