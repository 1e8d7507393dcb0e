/** Decides which backups are to be proven, and queues them. Proving does not belong here. */
package dev.holdfast.verifier.intake;
