/** Whether a service can do its work: Kafka and the repositories that it may see. A source database does not belong here. */
package dev.holdfast.service.health;
