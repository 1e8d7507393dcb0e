/** Bringing queued deliveries to their subscribers by HTTP, again and again until each is over. Which events are delivered is decided elsewhere. */
package dev.holdfast.notifier.delivery;
