/** Watches every run from its request to its end and dispatches it again where it was lost. Runs nothing itself. */
package dev.holdfast.scheduler.supervise;
