/** What is known of runs and backups: folded from the log, checked against the repositories, kept as a table. Deciding what to do about it does not belong here. */
package dev.holdfast.scheduler.catalog;
