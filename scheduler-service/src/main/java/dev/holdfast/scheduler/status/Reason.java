package dev.holdfast.scheduler.status;

/** Why something is not safe or wants attention, and what to do about it. */
public record Reason(Standing standing, String why, String next) {
}
