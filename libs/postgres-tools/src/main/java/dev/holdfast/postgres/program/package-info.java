/** Finds PostgreSQL's programs and runs them: one command type each, no inherited environment, no secret in an argv. What is done with their output does not belong here. */
package dev.holdfast.postgres.program;
