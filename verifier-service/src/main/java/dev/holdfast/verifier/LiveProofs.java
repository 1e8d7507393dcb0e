package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupUnproven;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;

/**
 * Which verifications are under way: the claims of this verifier, which it ends when the log says so, and those of others
 * as the log tells. A claim whose job is never started is forgotten with it.
 */
final class LiveProofs implements EventHandler {

    /** Where somebody else started longer ago than that and told nothing since, nobody waits for it. */
    private static final Duration REMEMBERED = Duration.ofDays(2);

    private final Set<ProofClaim> own = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    /** What was told, perhaps, and not begun: the broker confirmed one of the two too late or not at all. */
    private final Map<Asked, ProofClaim> notBegun = new HashMap<>();
    private final Map<String, Started> started = new LinkedHashMap<>();
    private final Map<String, Instant> supervised = new LinkedHashMap<>();

    private record Asked(String source, String id, int attempt, String repository) {

        static Asked of(ProofClaim claim) {
            return new Asked(claim.request().source(), claim.request().id(), claim.attempt(), claim.repository().name());
        }
    }

    private record Started(VerificationStarted claim, String correlationId, Instant at) {

        boolean isOf(String database, String backupId) {
            return claim.database().equals(database) && claim.backupId().equals(backupId);
        }

        boolean isOf(String database, String backupId, String repository) {
            return isOf(database, backupId) && (repository == null || claim.repository().equals(repository));
        }
    }

    void add(ProofClaim claim) {
        own.add(claim);
        synchronized (this) {
            notBegun.put(Asked.of(claim), claim);
        }
    }

    /**
     * The claim; or the earlier one where this very request was claimed and its job never began. So a claim that the broker
     * has tried again is one start with one nonce, and is no duplicate of itself.
     */
    synchronized ProofClaim earlier(ProofClaim claim) {
        return notBegun.getOrDefault(Asked.of(claim), claim);
    }

    /** Whether the job is the first of its claim. */
    boolean begin(ProofClaim claim) {
        forget(claim);
        return claim.takeUp();
    }

    /** The claim needs no job any more. */
    synchronized void forget(ProofClaim claim) {
        notBegun.remove(Asked.of(claim)); // as long as it has not begun, no other claim has its key
    }

    void remove(ProofClaim claim) {
        own.remove(claim);
    }

    /** Ends all of them, so that they are given back while the log can still be told. */
    void stop() {
        mine(claim -> true).forEach(ProofClaim::stop);
    }

    /**
     * Whether somebody is at the same work already, as far as the log was read: the same request, or any where the intake asks.
     * Only where a supervisor has the request: it asks with a higher attempt once the other is silent, and without one nobody would.
     */
    synchronized boolean isDuplicate(ProofClaim claim) {
        return isSupervised(claim) && started.values().stream()
                .filter(other -> claim.isFromIntake() || Objects.equals(other.correlationId(), claim.request().correlationId()))
                .map(Started::claim).filter(other -> !other.nonce().equals(claim.nonce())).anyMatch(other -> other.attempt() >= claim.attempt() && claim.covers(other));
    }

    /** Whether a scheduler has said that it looks after the claim's request. */
    synchronized boolean isSupervised(ProofClaim claim) {
        return supervised.containsKey(claim.request().id());
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        fold(event, position.appended());
        switch (event.data()) {
            case VerificationStarted e -> mine(claim -> claim.attempt() < e.attempt() && claim.covers(e)).forEach(ProofClaim::supersede);
            case RunCancelling e when e.activity().equals(ProofClaim.ACTIVITY) -> mine(claim -> claim.isOf(e.database(), backup(e.runId()),
                    e.repository() == null ? claim.repository().name() : e.repository())).forEach(claim -> claim.cancel(e));
            default -> { }
        }
    }

    private synchronized void fold(Event<? extends Payload> event, Instant appended) {
        switch (event.data()) {
            case VerificationAccepted e when e.request() != null -> supervised.put(e.request().id(), appended);
            case VerificationStarted e when e.nonce() != null -> {
                started.put(e.nonce(), new Started(e, event.correlationId(), appended));
                notBegun.values().removeIf(claim -> claim.attempt() < e.attempt() && claim.covers(e));
            }
            case RunReleased e -> givenBack(e.activity(), e.database(), e.runId(), e.repository(), e.attempt(), e.nonce());
            case RunDeferred e -> givenBack(e.activity(), e.database(), e.runId(), e.repository(), e.attempt(), e.nonce());
            case RunCancelled e -> givenBack(e.activity(), e.database(), e.runId(), e.repository(), e.attempt(), e.nonce());
            case BackupVerified e -> proven(e.database(), e.backupId(), e.repository());
            case BackupUnproven e -> proven(e.database(), e.backupId(), e.repository());
            case BackupRefuted e -> proven(e.database(), e.backupId(), e.repository());
            case AlertRaised e -> started.values().removeIf(one -> one.isOf(e.database(), e.about()) && event.correlationId() != null
                    && event.correlationId().equals(one.correlationId()));
            default -> { }
        }
        forget(started, one -> one.at().isBefore(appended.minus(REMEMBERED)));
        forget(supervised, at -> at.isBefore(appended.minus(REMEMBERED)));
    }

    private void givenBack(String activity, String database, String runId, String repository, int attempt, String nonce) {
        if (activity.equals(ProofClaim.ACTIVITY)) {
            started.values().removeIf(one -> nonce != null ? one.claim().nonce().equals(nonce)
                    : one.isOf(database, backup(runId), repository) && one.claim().attempt() <= attempt);
            // Whoever gave a claim back has it claimed anew, under another nonce.
            notBegun.values().removeIf(claim -> nonce != null ? claim.nonce().equals(nonce) : claim.attempt() <= attempt
                    && claim.isOf(database, backup(runId), repository == null ? claim.repository().name() : repository));
        }
    }

    private void proven(String database, String backupId, String repository) {
        started.values().removeIf(one -> one.isOf(database, backupId, repository));
    }

    /** The log's order is that of the entries, so the first that stays ends the search. */
    private static <V> void forget(Map<String, V> entries, Predicate<V> old) {
        var oldest = entries.values().iterator();
        while (oldest.hasNext() && old.test(oldest.next())) {
            oldest.remove();
        }
    }

    private static String backup(String runId) {
        return runId.replaceFirst("\\.verification$", "");
    }

    private List<ProofClaim> mine(Predicate<ProofClaim> which) {
        List<ProofClaim> all;
        synchronized (own) {
            all = new ArrayList<>(own);
        }
        return all.stream().filter(which).toList();
    }
}
