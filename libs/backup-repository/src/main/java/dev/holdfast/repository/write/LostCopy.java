package dev.holdfast.repository.write;

import dev.holdfast.failure.HoldfastException;

/** A repository that did not get its copy, and why. */
public record LostCopy(String repository, HoldfastException failure) {
}
