package dev.holdfast.events;

import java.time.Instant;

/**
 * What happens by itself ({@code activity} is backup, for scheduled ones, or prune) does not until it is resumed, for one
 * database or, where it is null, for all. Of paused and resumed with the same database and activity the latest counts.
 * {@code since} is there where a pause that stands is told again, so that it outlives the log's retention: the broker's time
 * of the first telling, by which it is the latest or not.
 */
public record ActivityPaused(String database, String activity, String requester, String reason, Instant since) implements Payload {

    /** One that begins now. */
    public ActivityPaused(String database, String activity, String requester, String reason) {
        this(database, activity, requester, reason, null);
    }
}
