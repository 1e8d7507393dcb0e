package dev.holdfast.scheduler.alert;

import dev.holdfast.repository.Orphan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Orphans of a database, and dead letters. */
final class OtherAlerts {

    /** How long a record that was put aside is news. */
    static final Duration DEAD_LETTER = Duration.ofDays(1);

    /** How long the notifier's configuration may be ahead of the scheduler's. */
    static final Duration REMOVED = Duration.ofDays(1);

    private OtherAlerts() {
    }

    static void orphans(DatabaseView view, Instant now, Findings findings) {
        for (String repository : view.database().repositories()) {
            List<Orphan> all = view.orphans().get(repository);
            if (all == null) {
                findings.unknown(AlertName.ORPHANS.of(view.alias(), repository));
            } else {
                findings.stands(left(view, repository, all.stream().filter(orphan -> isOver(view, orphan, now)).toList(), now));
            }
        }
    }

    /** Nobody writes there any more: the run has ended, or there is none and its deadline has passed since the last object. */
    private static boolean isOver(DatabaseView view, Orphan orphan, Instant now) {
        boolean runs = view.runs().open().stream().anyMatch(run -> run.activity().equals(RunHistory.BACKUP)
                && run.backupId().equals(orphan.id().toString()));
        return !runs && !now.isBefore(orphan.newest().plus(view.database().deadline()));
    }

    private static Optional<Alert> left(DatabaseView view, String repository, List<Orphan> orphans, Instant now) {
        if (orphans.isEmpty()) {
            return Optional.empty();
        }
        long bytes = orphans.stream().mapToLong(Orphan::bytes).sum();
        return Optional.of(Alert.of(AlertName.ORPHANS, view.alias(), repository, now, orphans.size() + " folders with " + Texts.bytes(bytes)
                + " that no manifest names, such as " + orphans.getFirst().folder()));
    }

    /**
     * The notifier says when one is over; until then it is reminded of. About a subscription that is gone it never will. Only
     * that one's configuration tells for sure: this one may name none at all, or be the older of the two for a while.
     */
    static void deliveries(List<StandingAlert> told, Set<String> subscriptions, Instant now, Findings findings) {
        told.stream().filter(alert -> alert.key().name() == AlertName.DELIVERY_ABANDONED).forEach(alert -> {
            if (subscriptions.isEmpty() || subscriptions.contains(alert.key().about())) {
                findings.stands(new Alert(alert.key(), alert.severity(), alert.since(), alert.reason(), alert.nextStep()));
            } else if (now.isBefore(alert.since().plus(REMOVED))) {
                findings.unknown(alert.key());
            } else {
                findings.over(alert.key(), "the subscription was removed from the configuration");
            }
        });
    }

    static void deadLetters(List<StandingAlert> told, Instant now, Findings findings) {
        told.stream().filter(alert -> alert.key().name() == AlertName.DEAD_LETTER)
                .filter(alert -> now.isBefore(alert.since().plus(DEAD_LETTER)))
                .forEach(alert -> findings.stands(new Alert(alert.key(), alert.severity(), alert.since(), alert.reason(), alert.nextStep())));
    }
}
