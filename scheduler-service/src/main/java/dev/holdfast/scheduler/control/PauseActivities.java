package dev.holdfast.scheduler.control;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.ActivityResumed;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.pause.Pauses;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Says what to publish so that something pauses or goes on, or why that can't be. Publishes nothing. */
public final class PauseActivities {

    /** What is paused of databases: their scheduled backups. One on request is made all the same. */
    public static final String BACKUP = "backup";
    /** What retention deletes. */
    public static final String PRUNE = "prune";

    private final Pauses pauses;
    private final Map<String, HoldfastConfig.Database> databases;

    /** @param pauses must be current */
    public PauseActivities(Pauses pauses, Map<String, HoldfastConfig.Database> databases) {
        this.pauses = pauses;
        this.databases = databases;
    }

    /**
     * Again, where it is paused already: then the new reason counts.
     *
     * @param database its alias, null for all
     * @throws HoldfastException code {@code unknown-database}
     */
    public ActivityPaused pause(String database, String activity, String requester, String reason) {
        requireKnown(database);
        return new ActivityPaused(database, activity, requester, reason);
    }

    /** @throws HoldfastException code {@code unknown-database}, or {@code not-paused} where nothing would change */
    public ActivityResumed resume(String database, String activity, String requester, String reason) {
        requireKnown(database);
        boolean itself = pauses.all().stream().anyMatch(pause -> pause.activity().equals(activity)
                && Objects.equals(pause.database(), database));
        if (!itself) {
            Optional<Pauses.Pause> all = database == null ? Optional.empty() : pauses.of(database, activity);
            String what = (activity.equals(PRUNE) ? "pruning" : "the schedule") + " of " + (database == null ? "all databases" : "'" + database + "'");
            throw new HoldfastException(FailureKind.PERMANENT, "not-paused", "resuming " + what + ": "
                    + (all.isPresent() ? "it is paused with all others, by " + all.get().requester() + ", and not by itself" : "it is not paused"),
                    all.isPresent() ? "resume all (" + (activity.equals(PRUNE) ? "holdfast resume prune" : "holdfast resume --all")
                            + "), then pause those that are to stay so" : "nothing is to be done; holdfast status tells what is paused");
        }
        return new ActivityResumed(database, activity, requester, reason);
    }

    private void requireKnown(String database) {
        if (database != null && !databases.containsKey(database)) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-database", "no database has the alias '" + database + "'",
                    "use one of " + databases.keySet().stream().sorted().toList() + ", or add it to holdfast.yml");
        }
    }
}
