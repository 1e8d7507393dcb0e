package dev.holdfast.events;

/** What was paused happens again. */
public record ActivityResumed(String database, String activity, String requester, String reason) implements Payload {
}
