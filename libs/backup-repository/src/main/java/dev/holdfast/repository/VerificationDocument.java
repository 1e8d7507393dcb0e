package dev.holdfast.repository;

import dev.holdfast.repository.manifest.Verification;

/** A stored verification under its key. */
public record VerificationDocument(String key, Verification verification) {
}
