package dev.holdfast.cli.reliability;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.repository.BackupId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
        return sightings.of(database).stream().skip(seenBefore.events()).toList();
    }

    <P extends Payload> Stream<P> events(Class<P> kind) {
        return events().stream().map(Event::data).filter(kind::isInstance).map(kind::cast);
    }

    List<ToldSubscriber.Told> told() {
        return subscriber.of(database).stream().skip(seenBefore.told()).toList();
    }

    Path folder(BackupId id) {
        return repository.resolve("db").resolve(database).resolve(id.toString());
    }
}
