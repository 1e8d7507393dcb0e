/** The {@code holdfast} command: what it accepts, how it ends. What a command does to backups belongs to the services and libraries. */
package dev.holdfast.cli;
