package dev.holdfast.repository;

/** What an expiry freed: data, manifest and verifications, in objects and bytes. */
public record Expired(String alias, BackupId id, long objects, long bytes) {
}
