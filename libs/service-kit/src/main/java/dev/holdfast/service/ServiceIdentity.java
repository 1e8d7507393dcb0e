package dev.holdfast.service;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;

/** Who writes: the stable source of a service's events, and the instance that runs now. */
public final class ServiceIdentity {

    private final String service;
    private final String instance;
    private final Clock clock;

    public ServiceIdentity(String service, String instance, Clock clock) {
        this.service = Objects.requireNonNull(service, "service");
        this.instance = Objects.requireNonNull(instance, "instance");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** A new instance of a service, named by its service and eight random hex digits. */
    public static ServiceIdentity newInstance(String service, Clock clock) {
        return new ServiceIdentity(service, service + "-" + UUID.randomUUID().toString().substring(0, 8), clock);
    }

    /** The module's name. */
    public String service() {
        return service;
    }

    /** Unlike any other instance's, also after a restart. */
    public String instance() {
        return instance;
    }

    /** {@code /holdfast/backup-worker}. */
    public String source() {
        return "/holdfast/" + service;
    }

    /** An event of this service with a random id, happening now. */
    public <P extends Payload> Event<P> event(String subject, String correlationId, P data) {
        return event(UUID.randomUUID().toString(), subject, correlationId, data);
    }

    /** An event with a chosen id: the same id and source is the same event, however often it is written. */
    public <P extends Payload> Event<P> event(String id, String subject, String correlationId, P data) {
        return new Event<>(id, source(), subject, clock.instant(), correlationId, instance, data);
    }
}
