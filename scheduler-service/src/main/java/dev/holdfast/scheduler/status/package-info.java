/** One look: what is not safe now, why, and what to do next, judged from views that others keep. Changes nothing. */
package dev.holdfast.scheduler.status;
