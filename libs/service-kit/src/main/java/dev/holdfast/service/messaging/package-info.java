/** Queues, log, table and pulse on Apache Kafka. What a service does with a record does not belong here. */
package dev.holdfast.service.messaging;
