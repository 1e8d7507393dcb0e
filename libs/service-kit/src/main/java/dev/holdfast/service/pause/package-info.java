/** What people paused by hand, folded from the log. What follows from a pause is each service's own business. */
package dev.holdfast.service.pause;
