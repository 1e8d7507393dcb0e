/** Requests to and news from Kafka, for a command: read without a group, nothing committed, nothing dead-lettered. */
package dev.holdfast.cli.log;
