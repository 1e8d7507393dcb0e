/** A Kafka broker for evaluation, in a process of its own. Topics and clients do not belong here. */
package dev.holdfast.cli.broker;
