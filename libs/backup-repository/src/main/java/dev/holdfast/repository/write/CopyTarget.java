package dev.holdfast.repository.write;

import dev.holdfast.repository.store.ObjectStore;

/** A repository of the policy under its configured name. The store stays the caller's to close. */
public record CopyTarget(String repository, ObjectStore store) {
}
