/** What people ask of runs and schedules by hand: cancel, retry, pause, resume. What the supervisor does by itself does not belong here. */
package dev.holdfast.scheduler.control;
