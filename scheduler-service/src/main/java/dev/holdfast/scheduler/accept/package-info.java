/** Requests, whoever made them, are seen and said to be seen. Doing them belongs to workers. */
package dev.holdfast.scheduler.accept;
