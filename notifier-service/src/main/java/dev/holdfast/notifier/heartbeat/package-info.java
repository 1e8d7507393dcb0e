/** Calls a URL outside while all is well, so that its silence is noticed by somebody who needs no broker. Telling what happened does not belong here. */
package dev.holdfast.notifier.heartbeat;
