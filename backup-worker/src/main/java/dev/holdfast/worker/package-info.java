/**
 * The worker as a service: takes requests from the queue into its slots and tells the log. How a backup is made belongs to
 * {@code dev.holdfast.worker.backup}.
 */
package dev.holdfast.worker;
