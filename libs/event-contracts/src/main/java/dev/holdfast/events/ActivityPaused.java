package dev.holdfast.events;

/**
 * What happens by itself ({@code activity} is backup, for scheduled ones, or prune) does not until it is resumed, for one
 * database or, where it is null, for all. Of paused and resumed with the same database and activity the latest counts.
 */
public record ActivityPaused(String database, String activity, String requester, String reason) implements Payload {
}
