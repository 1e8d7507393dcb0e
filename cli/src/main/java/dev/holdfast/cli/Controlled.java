package dev.holdfast.cli;

import java.util.List;

/**
 * The document of {@code cancel}, {@code retry}, {@code pause} and {@code resume}.
 *
 * @param state    what came of it: of a run how it ended, or accepted; paused or resumed
 * @param run      null where it is not about one
 * @param database null where it is about all
 * @param attempt  that was asked for by a retry, else null
 * @param seenBy   the instances that acted on it
 */
record Controlled(String state, String run, String database, String activity, Integer attempt, String requester, String reason,
        List<String> seenBy) {
}
