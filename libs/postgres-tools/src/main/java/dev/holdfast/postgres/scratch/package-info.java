/** A private, walled-in PostgreSQL server for restoring what must be treated as hostile. Judging the result does not belong here. */
package dev.holdfast.postgres.scratch;
