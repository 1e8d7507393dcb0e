package dev.holdfast.scheduler.helpers;

/** A fixture that breaks two rules. */
public class ScheduleManager {
}
