/**
 * Makes one backup of one database: claim, preflight, globals, dump, commit. Queues, the broker and the process belong to
 * {@code dev.holdfast.worker}; how objects are named and stored belongs to the repository.
 */
package dev.holdfast.worker.backup;
