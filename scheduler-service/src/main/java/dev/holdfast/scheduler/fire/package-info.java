/** Policies become requests at their fire times. Whether a run succeeds, or has to be dispatched again, does not belong here. */
package dev.holdfast.scheduler.fire;
