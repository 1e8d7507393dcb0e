package dev.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Proof;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.ServiceIdentity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofEventsTest {

    private static final Instant THEN = Instant.parse("2026-02-10T12:00:00Z");

    private final ProofEvents events = new ProofEvents(ServiceIdentity.newInstance("verifier-service", Clock.systemUTC()));
    private Repository repository;
    private StoredBackups backups;
    private ManifestDocument backup;

    @BeforeEach
    void store(@TempDir Path folder) {
        repository = Repository.open("disk", FileStore.at(folder));
        backups = new StoredBackups(repository);
        backup = backups.add("shop", THEN);
    }

    @Test
    void a_refuted_and_an_unproven_backup_raise_an_alert_of_that_name() {
        assertThat(alert("refuted").data()).satisfies(alert -> {
            assertThat(alert.alert()).isEqualTo("refuted");
            assertThat(alert.severity()).isEqualTo("critical");
            assertThat(alert.about()).isEqualTo(backup.id().toString());
            assertThat(alert.reason()).contains("disk").contains("1 findings").contains("rows").doesNotContain("public.orders");
        });
        assertThat(alert("unproven").data()).satisfies(alert -> {
            assertThat(alert.alert()).isEqualTo("unproven");
            assertThat(alert.reason()).contains("disk");
            assertThat(alert.nextStep()).contains("verifier.scratch");
        });
    }

    @Test
    void telling_of_the_same_evidence_twice_is_one_alert_and_a_verified_backup_raises_none() {
        VerificationDocument refuted = backups.verify(backup, "refuted", "equal", THEN);
        assertThat(events.alert(refuted, Optional.empty(), "one").orElseThrow().id()).isEqualTo(events.alert(refuted, Optional.empty(), "two").orElseThrow().id());
        assertThat(alert("refuted").id()).isNotEqualTo(events.alert(refuted, Optional.empty(), "one").orElseThrow().id());
        assertThat(events.alert(backups.verify(backup, "verified", "equal", THEN), Optional.empty(), "c")).isEmpty();
    }

    @Test
    void an_attempt_without_a_result_leaves_an_older_proof_standing_and_its_alert_says_since_when() {
        backups.verify(backup, "verified", "equal", THEN.minusSeconds(86_400));
        VerificationDocument again = backups.verify(backup, "unproven", "archive", THEN);
        Proof standing = repository.verifications().proof(backup, "equal");
        assertThat(standing.isVerified()).isTrue();
        assertThat(events.alert(again, Optional.of(standing), "c").orElseThrow().data().reason())
                .contains("could not be proven", "still counts as verified", THEN.minusSeconds(86_400).toString());
        backups.verify(backup, "refuted", "restore", THEN.plusSeconds(1));
        assertThat(repository.verifications().proof(backup, "equal").state()).isEqualTo(Proof.State.REFUTED);
    }

    private Event<AlertRaised> alert(String outcome) {
        return events.alert(backups.verify(backup, outcome, "equal", THEN), Optional.empty(), "c").orElseThrow();
    }
}
