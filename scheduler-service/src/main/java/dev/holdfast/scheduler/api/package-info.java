/** The HTTP API of the local machine: what is known, and "run now". Nothing is decided here. */
package dev.holdfast.scheduler.api;
