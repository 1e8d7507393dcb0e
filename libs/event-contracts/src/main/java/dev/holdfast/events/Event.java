package dev.holdfast.events;

import java.time.Instant;

/**
 * A CloudEvents 1.0 envelope and its payload.
 *
 * @param id            with {@code source} the deduplication key
 * @param source        the service or requester, stable, for example {@code /holdfast/backup-worker}
 * @param subject       the backup's id, or null where there is none yet
 * @param time          when it happened
 * @param correlationId id of the request that all of this follows from (extension {@code correlationid})
 * @param instance      the running instance that wrote it (extension {@code instance}), or null
 */
public record Event<P extends Payload>(String id, String source, String subject, Instant time, String correlationId,
        String instance, P data) {
}
