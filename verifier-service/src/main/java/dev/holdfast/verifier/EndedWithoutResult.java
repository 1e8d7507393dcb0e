package dev.holdfast.verifier;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.RunDeferred;
import dev.holdfast.events.RunReleased;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.schedule.NextTry;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log is told of a verification that ended without a result: who ended it, or what the verifier lacked. */
final class EndedWithoutResult {

    private static final Logger LOG = LoggerFactory.getLogger(EndedWithoutResult.class);

    private final HoldfastConfig config;
    private final ServiceIdentity identity;
    private final Clock clock;
    private final NextTry tries;

    EndedWithoutResult(HoldfastConfig config, ServiceIdentity identity, Clock clock, NextTry tries) {
        this.config = config;
        this.identity = identity;
        this.clock = clock;
        this.tries = tries;
    }

    /**
     * Cancelled, released, deferred, or the alert that it was impossible.
     *
     * @param supervised whether somebody asks again for what is deferred; where nobody does, the sweep asks a day later
     */
    Event<? extends Payload> event(ProofClaim claim, HoldfastException failure, boolean supervised) {
        if (claim.cancellation().isPresent()) {
            RunCancelling wanted = claim.cancellation().get();
            return of(claim, new RunCancelled(claim.database(), claim.backupId(), ProofClaim.ACTIVITY, claim.attempt(), claim.nonce(),
                    claim.repository().name(), wanted.requester(), wanted.reason()));
        }
        if (claim.isStopped() || failure.code().equals("interrupted")) {
            return of(claim, new RunReleased(claim.database(), claim.backupId(), ProofClaim.ACTIVITY, claim.attempt(),
                    "the verifier shuts down", claim.nonce(), claim.repository().name(), claim.failures()));
        }
        if (supervised && failure.kind() == FailureKind.RETRIABLE && claim.failures() + 1 < attempts(claim.database())) {
            LOG.warn("Verifying {} is tried again later: {}: {} ({})", claim.backupId(), failure.code(), failure.getMessage(), failure.nextStep());
            return of(claim, new RunDeferred(claim.database(), claim.backupId(), ProofClaim.ACTIVITY, claim.attempt(),
                    failure.code() + ": " + failure.getMessage(), clock.instant().plus(tries.after(claim.failures())), claim.nonce(),
                    claim.repository().name(), claim.failures() + 1));
        }
        return impossible(claim.request(), failure);
    }

    /** The verifier's own trouble; a later attempt that has it too is another event. */
    Event<AlertRaised> impossible(Event<VerificationRequested> request, HoldfastException failure) {
        VerificationRequested asked = request.data();
        LOG.warn("Verifying {} of {}: {}: {} ({})", asked.backupId(), asked.database(), failure.code(), failure.getMessage(),
                failure.nextStep());
        String attempt = asked.attempt() == null || asked.attempt() == 1 ? "" : "-" + asked.attempt();
        return identity.event(Event.idFrom("verification-impossible", request.source(), request.id() + attempt), asked.backupId(),
                request.correlationId(), new AlertRaised(asked.database(), "verification-impossible", "warning", asked.backupId(),
                        failure.code() + ": " + failure.getMessage(), failure.nextStep()));
    }

    private <P extends Payload> Event<P> of(ProofClaim claim, P data) {
        return identity.event(claim.backupId(), claim.request().correlationId(), data);
    }

    private int attempts(String alias) {
        HoldfastConfig.Database database = config.databases().get(alias);
        return (database == null ? HoldfastConfig.Supervision.DEFAULT : database.supervision()).attempts();
    }
}
