/** Proves one backup: reads it, restores it into a scratch cluster, compares. Kafka and configuration files do not belong here. */
package dev.holdfast.verifier.prove;
