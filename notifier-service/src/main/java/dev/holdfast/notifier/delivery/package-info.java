/** Bringing one queued delivery to its subscriber by HTTP. Which events are delivered is decided elsewhere. */
package dev.holdfast.notifier.delivery;
