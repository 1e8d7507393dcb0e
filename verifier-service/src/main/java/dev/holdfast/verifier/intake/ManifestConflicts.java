package dev.holdfast.verifier.intake;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupExpired;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventHandler;
import dev.holdfast.service.messaging.LogPosition;
import dev.holdfast.service.repositories.Repositories;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which digest each backup's manifest was said to have, and says where another is found: under one id the manifests
 * of all repositories and of {@code backup.completed} must be the same bytes. Which one is right nobody can tell here, so
 * a backup in conflict is neither proven nor refuted; a person is called.
 */
public final class ManifestConflicts implements EventHandler {

    /** The alert's name. */
    public static final String ALERT = "manifest-conflict";

    private static final Logger LOG = LoggerFactory.getLogger(ManifestConflicts.class);

    private final Repositories repositories;
    private final ServiceIdentity identity;
    private final Map<Copy, Set<String>> told = new ConcurrentHashMap<>();

    private record Copy(String alias, String backupId, String repository) {
    }

    public ManifestConflicts(Repositories repositories, ServiceIdentity identity) {
        this.repositories = repositories;
        this.identity = identity;
    }

    @Override
    public void handle(Event<? extends Payload> event, LogPosition position) {
        switch (event.data()) {
            case BackupCompleted e when e.manifestSha256() != null -> e.copies().forEach(copy ->
                    told.computeIfAbsent(new Copy(e.database(), e.backupId(), copy.repository()), key -> new ConcurrentSkipListSet<>())
                            .add(e.manifestSha256()));
            case BackupExpired e -> told.remove(new Copy(e.database(), e.backupId(), e.repository()));
            default -> { }
        }
    }

    /** The alert to raise, or empty where everything that can be read agrees. Its event id is a function of what was found. */
    public Optional<Event<AlertRaised>> of(ManifestDocument found, String correlationId) {
        Map<String, Set<String>> byDigest = new TreeMap<>();
        for (Repository repository : repositories.all().values()) {
            stored(repository, found.alias(), found.id())
                    .ifPresent(digest -> sources(byDigest, digest).add("the manifest in " + repository.name()));
            told.getOrDefault(new Copy(found.alias(), found.id().toString(), repository.name()), Set.of())
                    .forEach(digest -> sources(byDigest, digest).add("backup.completed"));
        }
        sources(byDigest, found.sha256());
        return byDigest.size() < 2 ? Optional.empty() : Optional.of(alert(found, byDigest, correlationId));
    }

    private static Set<String> sources(Map<String, Set<String>> byDigest, String digest) {
        return byDigest.computeIfAbsent(digest, key -> new TreeSet<>());
    }

    /** A manifest that can't be read has no digest to compare; that it can't be read is told elsewhere. */
    private static Optional<String> stored(Repository repository, String alias, BackupId id) {
        try {
            return repository.exists() ? repository.reader().find(alias, id).map(ManifestDocument::sha256) : Optional.empty();
        } catch (HoldfastException e) {
            LOG.debug("comparing the manifests of {}: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    private Event<AlertRaised> alert(ManifestDocument found, Map<String, Set<String>> byDigest, String correlationId) {
        String id = Event.idFrom(ALERT, found.alias(), found.id().toString(), String.join(",", byDigest.keySet()));
        StringBuilder reason = new StringBuilder("backup " + found.id() + " has more than one manifest:");
        byDigest.forEach((digest, sources) -> reason.append(' ').append(String.join(" and ", sources)).append(" has SHA-256 ")
                .append(digest).append(';'));
        reason.setLength(reason.length() - 1);
        return identity.event(id, found.id().toString(), correlationId == null ? id : correlationId,
                new AlertRaised(found.alias(), ALERT, "critical", found.id().toString(), reason.toString(),
                        "do not restore it before you know which manifest the worker wrote; make a new backup, and find out who else can write there"));
    }
}
