/** What people switch by hand: pauses. Does not decide what follows from them. */
package dev.holdfast.scheduler.control;
