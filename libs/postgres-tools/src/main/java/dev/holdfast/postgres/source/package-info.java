/** Asks a source database, over JDBC, whether it can be dumped and what a restore will need; holds its snapshot. Starting programs does not belong here. */
package dev.holdfast.postgres.source;
