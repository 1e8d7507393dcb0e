package dev.holdfast.verifier.intake;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.Event;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.CorruptObjectException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.RepositoryException;
import dev.holdfast.service.ServiceIdentity;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A manifest that is damaged or breaks a rule refutes its copy. Nothing that a verification could be stored for is left,
 * so only the log is told.
 */
public final class UnreadableManifest {

    private final RepositoryException failure;

    private UnreadableManifest(RepositoryException failure) {
        this.failure = failure;
    }

    /** The manifest, or empty where there is none, or it can't be used, which {@code unreadable} is told. */
    public static Optional<ManifestDocument> find(Repository repository, String alias, BackupId id,
            Consumer<UnreadableManifest> unreadable) {
        try {
            return repository.reader().find(alias, id);
        } catch (RepositoryException e) {
            if (!(e instanceof CorruptObjectException) && !e.code().equals("manifest-invalid")) {
                throw e;
            }
            unreadable.accept(new UnreadableManifest(e));
            return Optional.empty();
        }
    }

    /** What the log is told. */
    public Event<BackupRefuted> event(String eventId, String correlationId, ServiceIdentity identity, Repository repository,
            String alias, BackupId id) {
        return identity.event(eventId, id.toString(), correlationId, new BackupRefuted(alias, id.kind(), id.toString(),
                repository.name(), "none", List.of(finding(alias, id)), 1, failure.nextStep(), null));
    }

    /** The alert beside it; its id is a function of the copy, so that who reads it twice knows. */
    public Event<AlertRaised> alert(String correlationId, ServiceIdentity identity, Repository repository, String alias, BackupId id) {
        return identity.event(Event.idFrom("alert", "refuted", repository.name(), alias, id.toString(), "manifest"), id.toString(),
                correlationId, new AlertRaised(alias, "refuted", "critical", id.toString(), "the copy in " + repository.name()
                        + " can't be used: its manifest is damaged or breaks a rule of the format", failure.nextStep()));
    }

    private BackupRefuted.Finding finding(String alias, BackupId id) {
        return failure instanceof CorruptObjectException corrupt
                ? new BackupRefuted.Finding(corrupt.what(), corrupt.where(), corrupt.expected(), corrupt.found())
                : new BackupRefuted.Finding("manifest", alias + "/" + id, "a manifest as the format says", failure.getMessage());
    }
}
