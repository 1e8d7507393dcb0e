package dev.holdfast.verifier.intake;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The intake's requests that are on their way, at work or tried in vain, as this instance asked for them and as the log tells of
 * those of others. What a scheduler has accepted is its to ask for again; where none runs the intake does.
 */
final class UnderWay {

    private static final Duration ASK_AGAIN = Duration.ofDays(1);
    /** A request that nobody has begun by then is asked for again; where the first one only waited, the second finds its proof. */
    private static final Duration BEGUN_WITHIN = Duration.ofMinutes(45);
    /** What the log told before a request was made is not about it; the broker's clock may be behind. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    private final Clock clock;
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    UnderWay(Clock clock) {
        this.clock = clock;
    }

    private enum Stage { ASKED, TAKEN, IN_VAIN }

    private record Copy(String alias, String backupId, String repository) {

        /** @param inRepository null where the event does not say */
        boolean is(String database, String id, String inRepository) {
            return alias.equals(database) && backupId.equals(id) && (inRepository == null || inRepository.equals(repository));
        }
    }

    private record Asked(Copy copy, Instant at, Stage stage, boolean mine, boolean supervised) {

        Asked at(Stage next) {
            return new Asked(copy, at, next, mine, supervised);
        }
    }

    /** To be said before the request is out, so that whoever begins it at once is heard. */
    void asked(String id, VerificationRequested request) {
        asked.put(id, new Asked(new Copy(request.database(), request.backupId(), request.repository()), clock.instant(), Stage.ASKED,
                true, false));
    }

    void notAsked(String id) {
        asked.remove(id);
    }

    /** Whether it is somebody's already, or was tried in vain in the last day. */
    boolean isUnderWay(String id) {
        Asked before = asked.get(id);
        return before != null && isFresh(before);
    }

    /** How many requests of this instance nobody has done yet. */
    long open() {
        asked.values().removeIf(one -> !isFresh(one));
        return asked.values().stream().filter(one -> one.mine() && one.stage() != Stage.IN_VAIN).count();
    }

    private boolean isFresh(Asked one) {
        return one.at().isAfter(clock.instant().minus(one.stage() == Stage.ASKED ? BEGUN_WITHIN : ASK_AGAIN));
    }

    /** Folds one event of the log in, also what other instances are assigned. */
    void heard(Event<? extends Payload> event, LogPosition position) {
        Instant appended = position.appended().plus(CLOCKS_DIFFER);
        switch (event.data()) {
            case VerificationAccepted e when e.request() != null && QueueVerifications.REQUESTER.equals(e.requester()) ->
                    accepted(e, position.appended(), appended);
            case VerificationStarted e -> become(Stage.TAKEN, appended, one -> one.copy().is(e.database(), e.backupId(), e.repository()));
            case BackupVerified e -> forget(appended, one -> one.copy().is(e.database(), e.backupId(), e.repository()));
            case BackupUnproven e -> forget(appended, one -> one.copy().is(e.database(), e.backupId(), e.repository()));
            case BackupRefuted e -> forget(appended, one -> one.copy().is(e.database(), e.backupId(), e.repository()));
            case RunReleased e when e.activity().equals("verification") ->
                    forget(appended, one -> !one.supervised() && one.copy().is(e.database(), e.runId(), e.repository()));
            case RunCancelled e when e.activity().equals("verification") ->
                    become(Stage.IN_VAIN, appended, one -> one.copy().is(e.database(), e.runId(), e.repository()));
            case AlertRaised e when e.alert().equals("verification-impossible") ->
                    become(Stage.IN_VAIN, appended, one -> one.copy().is(e.database(), e.about(), null));
            case AlertRaised e when e.alert().equals("dead-letter") && e.about().startsWith(Topics.VERIFICATION_REQUESTS + "-") ->
                    forget(appended, one -> one.stage() == Stage.ASKED && one.copy().alias().equals(e.database()));
            default -> { }
        }
    }

    /** A scheduler looks after it now, from whichever instance of the intake it came. */
    private void accepted(VerificationAccepted event, Instant appended, Instant latest) {
        Copy copy = new Copy(event.database(), event.backupId(), event.request().repository());
        asked.compute(event.request().id(), (id, before) -> before == null ? new Asked(copy, appended, Stage.TAKEN, false, true)
                : latest.isAfter(before.at()) ? new Asked(copy, before.at(), Stage.TAKEN, before.mine(), true) : before);
    }

    private void become(Stage stage, Instant told, Predicate<Asked> which) {
        asked.replaceAll((id, one) -> told.isAfter(one.at()) && which.test(one) ? one.at(stage) : one);
    }

    private void forget(Instant told, Predicate<Asked> which) {
        asked.values().removeIf(one -> told.isAfter(one.at()) && which.test(one));
    }
}
