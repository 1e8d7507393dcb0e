package dev.holdfast.scheduler.supervise;

import dev.holdfast.events.AcceptedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One run as the log tells it. The attempt is a fence and grows with each dispatch; failures count the tries that failed or
 * went silent. A run may be held by several claims, told apart by their nonces: it is silent when all of them are. Not
 * thread-safe; {@link SupervisedRuns} guards it.
 */
final class SupervisedRun {

    /** Where a run is. */
    enum State {
        /** Asked for, and nobody has it yet. */
        QUEUED,
        /** Somebody says that it runs. */
        HELD,
        /** Given back; it is dispatched again when its time has come. */
        WAITING,
        /** Asked for again by this instance, which the log has not told yet. */
        DISPATCHED,
        /** Over. */
        ENDED
    }

    /** Who runs it; {@code sign} is the lease clock's time of the last sign of life. */
    record Claim(String nonce, int attempt, String worker, long sign) {
    }

    /** Who wants it ended, and why. */
    record Wish(String requester, String reason) {
    }

    private final RunKey key;
    private final Map<String, Claim> claims = new HashMap<>();
    private State state = State.QUEUED;
    private AcceptedRequest request;
    private String requester;
    private String level;
    private String correlationId;
    private int attempt;
    private int failures;
    private Instant notBefore;
    private long since;
    private Wish wish;
    private String end;

    SupervisedRun(RunKey key) {
        this.key = key;
    }

    void accepted(AcceptedRequest asked, String by, String wantedLevel, String correlation, long now) {
        if (asked == null) {
            return; // written by an older version: it can't be asked for again
        }
        int which = Objects.requireNonNullElse(asked.attempt(), 1);
        boolean another = request != null && !request.id().equals(asked.id());
        if (state == State.ENDED) {
            if (which <= attempt && !(another && !key.isBackup())) {
                return; // the same request, delivered late or twice
            }
            reopen();
        } else if (another && key.isBackup() || which < attempt) {
            return;
        }
        request = asked;
        requester = by;
        level = wantedLevel;
        correlationId = correlation;
        failures = Math.max(which > attempt ? 0 : failures, Objects.requireNonNullElse(asked.failures(), 0));
        boolean again = which == attempt && state == State.WAITING;
        attempt = which;
        if (claims.isEmpty() && !again) {
            enter(State.QUEUED, now);
        }
    }

    /** @param correlation of its request: a proof that ended may be asked for again by another one, whose attempts begin at 1 */
    void started(int which, String nonce, String worker, String correlation, long now) {
        boolean another = !key.isBackup() && correlationId != null && !correlationId.equals(correlation);
        if (state == State.ENDED && which <= attempt && !another && !isCancelled()) {
            return;
        }
        if (state == State.ENDED && (another || !isCancelled() || which > attempt)) {
            reopen(); // somebody asked again, which this supervisor hears in a moment
            if (another) {
                request = null; // what was asked for is accepted in a moment
                attempt = 0;
            }
        }
        if (correlationId == null || another && request == null) {
            correlationId = correlation;
        }
        claims.put(nonce, new Claim(nonce, which, worker, now));
        attempt = Math.max(attempt, which);
        if (state != State.ENDED) {
            enter(State.HELD, now);
        }
    }

    /** @param nonce null in a beat of an older version: then it is a sign of every claim of the attempt */
    void beat(int which, String nonce, long now) {
        claims.replaceAll((name, claim) -> (nonce == null ? claim.attempt() == which : name.equals(nonce))
                ? new Claim(name, claim.attempt(), claim.worker(), now) : claim);
    }

    /** @param nonce null where every claim up to the attempt ended */
    void givenBack(int which, String nonce, Integer failed, Instant next, long now) {
        drop(which, nonce);
        failures = Math.max(failures, Objects.requireNonNullElse(failed, 0));
        if (state != State.ENDED && claims.isEmpty() && which >= attempt) {
            notBefore = next;
            enter(State.WAITING, now);
        }
    }

    /** @param which 0 where no attempt is named */
    void failed(int which) {
        drop(which, null);
        if ("completed".equals(end)) {
            return; // there is a backup: a late voice does not know it yet
        }
        boolean overtaken = which > 0 && which < attempt && state != State.WAITING;
        if (!overtaken && claims.isEmpty()) {
            ended("failed");
        }
    }

    /** @param as completed, failed, verified, unproven, refuted or impossible */
    void ended(String as) {
        state = State.ENDED;
        end = as;
        claims.clear();
        wish = null;
    }

    void cancelling(Wish whose) {
        if (state != State.ENDED) {
            wish = whose;
        }
    }

    /** @param which the highest attempt that was asked for then: a later one is a person's */
    void cancelled(int which, String nonce, Wish whose) {
        if (nonce == null) {
            claims.clear();
        } else {
            claims.remove(nonce);
        }
        if (state != State.ENDED) {
            state = State.ENDED;
            end = "cancelled";
            wish = whose;
            attempt = Math.max(attempt, which);
        }
    }

    /** This instance asked for it again; the log may have told so already, or more. */
    void dispatched(int which, int failed, long now) {
        if (state == State.ENDED || which <= attempt) {
            return;
        }
        attempt = which;
        failures = failed;
        enter(State.DISPATCHED, now);
    }

    private void reopen() {
        claims.clear();
        wish = null;
        end = null;
        failures = 0;
        state = State.QUEUED;
    }

    private void enter(State next, long now) {
        if (state != next || next == State.QUEUED) {
            since = now;
        }
        state = next;
    }

    private void drop(int which, String nonce) {
        if (nonce != null) {
            claims.remove(nonce);
        } else {
            claims.values().removeIf(claim -> claim.attempt() <= which);
        }
    }

    RunKey key() {
        return key;
    }

    State state() {
        return state;
    }

    /** Empty where the log has not said yet what was asked. */
    Optional<AcceptedRequest> request() {
        return Optional.ofNullable(request);
    }

    String requester() {
        return requester;
    }

    String level() {
        return level;
    }

    String correlationId() {
        return correlationId;
    }

    int attempt() {
        return attempt;
    }

    int failures() {
        return failures;
    }

    Instant notBefore() {
        return notBefore;
    }

    /** When it came into its state, on the lease clock. */
    long since() {
        return since;
    }

    /** Who wants it ended; of a cancelled run who did. */
    Optional<Wish> wish() {
        return Optional.ofNullable(wish);
    }

    /** How it ended, null while it goes on. */
    String end() {
        return end;
    }

    boolean isCancelled() {
        return "cancelled".equals(end);
    }

    List<Claim> claims() {
        return new ArrayList<>(claims.values());
    }

    /** How long it has been silent; of several claims the one that spoke last counts. */
    long silentSince() {
        return claims.values().stream().mapToLong(Claim::sign).max().orElse(since);
    }
}
