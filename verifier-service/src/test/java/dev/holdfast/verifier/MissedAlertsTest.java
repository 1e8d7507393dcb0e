package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.LogPosition;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissedAlertsTest {

    private static final Instant NOW = Instant.parse("2026-02-10T12:00:00Z");

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final ProofEvents events = new ProofEvents(ServiceIdentity.newInstance("verifier-service", clock));
    private final Published log = new Published();
    private Repository repository;
    private StoredBackups backups;
    private ManifestDocument backup;

    @BeforeEach
    void store(@TempDir Path folder) {
        repository = Repository.open("disk", FileStore.at(folder));
        backups = new StoredBackups(repository);
        backup = backups.add("shop", NOW.minus(Duration.ofDays(1)));
    }

    @Test
    void a_result_that_was_stored_and_never_told_is_told_once_under_the_id_it_would_have_had() {
        VerificationDocument refuted = backups.verify(backup, "refuted", "equal", NOW.minus(Duration.ofMinutes(5)));
        MissedAlerts missed = new MissedAlerts(events, alias -> "equal", log, clock);
        missed.look(repository, backup);
        missed.look(repository, backup);
        assertThat(log.events).extracting(Event::id).containsExactly(events.of(backup, refuted, "any").id(),
                events.alert(refuted, Optional.empty(), "any").orElseThrow().id());
    }

    @Test
    void what_the_log_tells_already_and_what_is_about_to_be_told_is_not_told_again() {
        Event<AlertRaised> told = events.alert(backups.verify(backup, "unproven", "none", NOW.minus(Duration.ofMinutes(5))),
                Optional.empty(), "c").orElseThrow();
        MissedAlerts missed = new MissedAlerts(events, alias -> "equal", log, clock);
        missed.handle(told, new LogPosition("holdfast.events", 0, 0, NOW, "shop"));
        missed.look(repository, backup);
        backups.verify(backup, "refuted", "equal", NOW.minusSeconds(1));
        missed.look(repository, backup);
        assertThat(log.events).isEmpty();
    }

    @Test
    void an_alert_about_a_result_that_a_later_proof_replaced_is_not_raised() {
        backups.verify(backup, "unproven", "none", NOW.minus(Duration.ofHours(2)));
        backups.verify(backup, "verified", "equal", NOW.minus(Duration.ofHours(1)));
        new MissedAlerts(events, alias -> "equal", log, clock).look(repository, backup);
        assertThat(log.events).isEmpty();
    }
}
