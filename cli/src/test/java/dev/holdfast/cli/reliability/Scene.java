package dev.holdfast.cli.reliability;

import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.VerificationStarted;
import dev.holdfast.repository.BackupId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run and where its traces show.
 *
 * @param older      the backup of the same database before it, where there is one
 * @param seenBefore what was seen and told of that one is not this run's
 */
record Scene(String database, BackupId backup, Optional<BackupId> older, Sightings sightings, ToldSubscriber subscriber,
        Before seenBefore, Path repository) {

    record Before(int events, int told) {
    }

    List<Event<? extends Payload>> events() {
        return seen().<Event<? extends Payload>>map(Sightings.Sighting::event).toList();
    }

    <P extends Payload> Stream<P> events(Class<P> kind) {
        return events().stream().map(Event::data).filter(kind::isInstance).map(kind::cast);
    }

    /** When the broker had the first of a kind; empty where there is none. */
    <P extends Payload> Optional<Instant> first(Class<P> kind, Predicate<P> which) {
        return seen().filter(one -> kind.isInstance(one.event().data()) && which.test(kind.cast(one.event().data())))
                .map(Sightings.Sighting::appended).findFirst();
    }

    /** As {@link #first}, of those that follow from a request. */
    Optional<Instant> following(String request, Class<? extends Payload> kind) {
        return seen().filter(one -> kind.isInstance(one.event().data()) && request.equals(one.event().correlationId()))
                .map(Sightings.Sighting::appended).findFirst();
    }

    private Stream<Sightings.Sighting> seen() {
        return sightings.of(database).stream().skip(seenBefore.events());
    }

    /** Nonces of those who began to make this backup. */
    Set<String> backupClaims() {
        return events(BackupStarted.class).filter(started -> started.backupId().equals(backup.toString())).map(BackupStarted::nonce)
                .collect(Collectors.toSet());
    }

    /** Nonces of those who began to prove it. */
    Set<String> proofClaims() {
        return events(VerificationStarted.class).filter(started -> started.backupId().equals(backup.toString()))
                .map(VerificationStarted::nonce).collect(Collectors.toSet());
    }

    /** Whether whoever has that nonce has ever told of work. */
    boolean works(String nonce) {
        return events(RunProgressed.class).anyMatch(beat -> nonce.equals(beat.nonce()));
    }

    /** Distinct ones: an event that was appended twice is one. */
    <P extends Payload> Set<String> ids(Class<P> kind, Predicate<P> which) {
        return events().stream().filter(event -> kind.isInstance(event.data()) && which.test(kind.cast(event.data())))
                .map(Scene::id).collect(Collectors.toSet());
    }

    static String id(Event<?> event) {
        return event.source() + " " + event.id();
    }

    /** What happened, for a failure's message. */
    String story() {
        return seen().filter(one -> !one.event().type().shortName().equals("run.progressed"))
                .map(one -> one.appended() + " " + one.event().type().shortName() + " " + one.event().data())
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    List<ToldSubscriber.Told> told() {
        return subscriber.of(database).stream().skip(seenBefore.told()).toList();
    }

    Path folder(BackupId id) {
        return repository.resolve("db").resolve(database).resolve(id.toString());
    }
}
