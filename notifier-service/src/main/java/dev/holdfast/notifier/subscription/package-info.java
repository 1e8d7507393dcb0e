/** Who wants to hear of which events, and the queueing of one delivery for each. Nothing here speaks HTTP. */
package dev.holdfast.notifier.subscription;
