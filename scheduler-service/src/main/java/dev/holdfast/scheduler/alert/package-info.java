/** What is not as it should be, decided from the view and told as events: raised once, reminded of, resolved. Bringing them to people belongs to the notifier. */
package dev.holdfast.scheduler.alert;
