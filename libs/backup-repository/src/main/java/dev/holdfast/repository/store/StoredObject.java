package dev.holdfast.repository.store;

import java.time.Instant;

/**
 * What a store says of an object.
 *
 * @param size         bytes
 * @param checksum     as the store keeps it, {@code algorithm:value}, or null where it keeps none
 * @param lastModified by the store's clock
 */
public record StoredObject(String key, long size, String checksum, Instant lastModified) {
}
