/**
 * Streams what a producer writes into every repository of a policy at once: plain checksum, optional zstd and OpenPGP,
 * split into parts, one bounded queue per repository. What a backup is made of (which programs run, what the manifest
 * says) and how a store keeps its objects do not belong here.
 */
package dev.holdfast.repository.write;
