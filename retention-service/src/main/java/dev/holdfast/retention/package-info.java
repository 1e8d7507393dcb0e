/** Forget: keep rules to safe expiry, on an interval. What may be read of a backup's data does not belong here: nothing may. */
package dev.holdfast.retention;
