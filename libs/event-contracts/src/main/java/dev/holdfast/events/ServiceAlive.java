package dev.holdfast.events;

import java.time.Instant;

/**
 * The beat of a running service. {@code database} is always null; {@code slots} and {@code running} count jobs (null where it
 * runs none), {@code lag} the records it has not read yet (null where unknown); {@code clock} is its own clock.
 */
public record ServiceAlive(String database, String service, String instance, String version, Instant startedAt, Integer slots,
        Integer running, Long lag, Instant clock) implements Payload {
}
