package dev.holdfast.verifier;

import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.verifier.intake.UnreadableManifest;
import dev.holdfast.verifier.prove.Level;
import dev.holdfast.verifier.prove.ProofOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds which copy a request is about and what is to be shown of it. */
final class FindCopy {

    private final HoldfastConfig config;
    private final Repositories repositories;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;

    FindCopy(HoldfastConfig config, Repositories repositories, EventPublisher publisher, ServiceIdentity identity) {
        this.config = config;
        this.repositories = repositories;
        this.publisher = publisher;
        this.identity = identity;
    }

    /**
     * Empty where all that was found is a manifest that can't be used, which the log was told.
     *
     * @throws HoldfastException codes {@code request-invalid} and {@code backup-missing}
     */
    Optional<ProofClaim> of(Event<VerificationRequested> request) {
        VerificationRequested asked = request.data();
        try {
            BackupId id = BackupId.parse(asked.backupId());
            List<Repository> refuted = new ArrayList<>();
            ProofOrder order = order(asked);
            for (Repository repository : candidates(asked)) {
                Optional<ManifestDocument> manifest = UnreadableManifest.find(repository, asked.database(), id, unreadable -> {
                    refuted.add(repository);
                    publisher.publish(Topics.EVENTS, unreadable.event(Event.idFrom("verification", request.id(), repository.name()),
                            request.correlationId(), identity, repository, asked.database(), id));
                    publisher.publish(Topics.EVENTS, unreadable.alert(request.correlationId(), identity, repository, asked.database(), id));
                });
                if (manifest.isPresent()) {
                    return manifest.map(copy -> new ProofClaim(request, repository, copy, order));
                }
            }
            if (!refuted.isEmpty()) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "request-invalid", "reading a verification request: " + e.getMessage(),
                    "correct the request and send it again", e);
        }
        throw new HoldfastException(FailureKind.PERMANENT, "backup-missing", "no repository asked holds backup "
                + asked.backupId() + " of " + asked.database(), "list the backups of '" + asked.database() + "'");
    }

    private ProofOrder order(VerificationRequested asked) {
        HoldfastConfig.Database database = config.databases().get(asked.database());
        String level = asked.level() == null && database != null ? database.verify().level() : asked.level();
        List<ProofOrder.Assertion> assertions = database == null ? List.of() : database.verify().assertions().stream()
                .map(assertion -> new ProofOrder.Assertion(assertion.name(), assertion.sql())).toList();
        return new ProofOrder(Level.of(level), assertions, Level.of(config.proofLevel(asked.database())));
    }

    private List<Repository> candidates(VerificationRequested asked) {
        HoldfastConfig.Database database = config.databases().get(asked.database());
        return asked.repository() != null ? List.of(repositories.get(asked.repository()))
                : repositories.inOrder(database == null ? List.of() : database.repositories());
    }
}
