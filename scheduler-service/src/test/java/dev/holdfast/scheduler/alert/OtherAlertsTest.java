package dev.holdfast.scheduler.alert;

import static dev.holdfast.scheduler.alert.WatchedDatabases.START;
import static dev.holdfast.scheduler.alert.WatchedDatabases.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.events.VerificationStarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherAlertsTest {

    @TempDir
    private Path folder;

    private WatchedDatabases shop() {
        return WatchedDatabases.of(folder, "shop: {grace: 90d, rpo: 90d, proof-within: 8h, deadline: 2h}");
    }

    private static void sizes(WatchedDatabases watched, long... sizes) {
        for (long size : sizes) {
            watched.clock.advance(Duration.ofHours(1));
            watched.completed("shop", watched.now(), size, Duration.ofMinutes(1));
            watched.verified("shop", watched.now(), null);
        }
        watched.round();
    }

    @Test
    void a_backup_less_than_half_or_more_than_twice_the_median_is_an_anomaly_until_the_newest_is_not() {
        WatchedDatabases watched = shop();
        sizes(watched, 1_000_000, 1_000_000, 9_000_000, 1_200_000, 1_000_000, 2_000_000);
        assertThat(watched.standing()).as("exactly twice").isEmpty();
        sizes(watched, 499_000);
        assertThat(watched.raised("size-anomaly")).singleElement().satisfies(alert -> {
            assertThat(alert.about()).isEqualTo("dump");
            assertThat(alert.reason()).contains("487.3 KiB");
        });
        sizes(watched, 1_000_000);
        assertThat(watched.standing()).isEmpty();
        sizes(watched, 2_400_001);
        assertThat(watched.standing()).containsExactly("size-anomaly shop dump");
        assertThat(watched.raised("size-anomaly")).hasSize(2);
    }

    @Test
    void with_fewer_than_four_before_it_no_size_is_an_anomaly() {
        WatchedDatabases watched = shop();
        sizes(watched, 1_000, 1_000, 1_000, 9_000_000);
        assertThat(watched.standing()).isEmpty();
        sizes(watched, 1);
        assertThat(watched.standing()).containsExactly("size-anomaly shop dump");
    }

    @Test
    void data_without_a_manifest_is_an_orphan_once_the_deadline_has_passed_and_nobody_runs_it() throws IOException {
        WatchedDatabases watched = shop();
        Files.writeString(folder.resolve("disk/repository.json"), "{\"formatVersion\": 1, \"repositoryId\": \"r\"}");
        Path data = folder.resolve("disk/db/shop/" + id("shop", START) + "/1-0123456789abcdef/data.dump.000");
        Files.createDirectories(data.getParent());
        Files.write(data, new byte[3 * 1024 * 1024]);
        Files.setLastModifiedTime(data, FileTime.from(START.plusSeconds(60)));
        watched.started("shop", START, 1);
        watched.round();
        watched.jump(Duration.ofHours(7));
        assertThat(watched.standing()).as("its run is open").doesNotContain("orphans shop disk");
        watched.failed("shop", START, 1, "killed");
        watched.round();
        assertThat(watched.raised("orphans")).singleElement().satisfies(alert -> {
            assertThat(alert.reason()).contains("3.0 MiB", id("shop", START) + "/1-0123456789abcdef");
            assertThat(alert.severity()).isEqualTo("info");
        });
        watched.restart();
        watched.round(owner -> false);
        Files.delete(data);
        watched.jump(Duration.ofHours(7));
        assertThat(watched.resolved("orphans")).hasSize(1);
    }

    @Test
    void a_service_that_no_instance_of_which_beats_is_missing_but_in_an_outage_nobody_is() {
        WatchedDatabases watched = shop();
        watched.pass(Duration.ofMinutes(5));
        assertThat(watched.standing()).isEmpty();
        watched.services.remove("backup-worker");
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).isEmpty();
        watched.pass(Duration.ofMinutes(2));
        assertThat(watched.raised("service-missing")).singleElement().satisfies(alert -> {
            assertThat(alert.about()).isEqualTo("backup-worker");
            assertThat(alert.severity()).isEqualTo("critical");
        });
        watched.restart();
        watched.round();
        assertThat(watched.resolved("service-missing")).as("nobody listened long enough").isEmpty();
        watched.services.add("backup-worker");
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).isEmpty();
        watched.clock.advance(Duration.ofHours(3)); // the broker is away, or the clock is set forward
        watched.round().pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.raised("service-missing")).hasSize(1);
    }

    @Test
    void a_service_that_was_never_heard_is_missing_after_listening_long_enough() {
        WatchedDatabases watched = shop();
        watched.services.remove("retention-service");
        watched.pass(Duration.ofMinutes(4));
        assertThat(watched.standing()).containsExactly("service-missing retention-service");
    }

    @Test
    void a_clock_that_differs_in_every_beat_is_told_and_one_late_beat_is_not() {
        WatchedDatabases watched = shop();
        watched.workersClockIsAhead = Duration.ofSeconds(-70);
        watched.jump(Duration.ofSeconds(5));
        watched.workersClockIsAhead = Duration.ZERO;
        watched.pass(Duration.ofMinutes(2));
        assertThat(watched.raised("clock-skew")).isEmpty();
        watched.workersClockIsAhead = Duration.ofSeconds(6);
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.raised("clock-skew")).singleElement().satisfies(alert -> {
            assertThat(alert.about()).isEqualTo("backup-worker-1");
            assertThat(alert.severity()).isEqualTo("warning");
            assertThat(alert.reason()).contains("6 s ahead of");
        });
        watched.workersClockIsAhead = Duration.ofSeconds(4);
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.standing()).isEmpty();
        watched.workersClockIsAhead = Duration.ofSeconds(-61);
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.raised("clock-skew").getLast().severity()).isEqualTo("critical");
        watched.services.remove("backup-worker");
        watched.pass(Duration.ofMinutes(3));
        assertThat(watched.standing()).containsExactly("service-missing backup-worker");
    }

    @Test
    void a_verification_that_waits_for_a_quarter_of_the_time_it_has_is_a_backlog_until_it_is_begun() {
        WatchedDatabases watched = shop();
        watched.queued = Optional.of(7L);
        watched.completed("shop", START, 1_000, Duration.ofMinutes(1));
        watched.say(new VerificationAccepted("shop", id("shop", START), "equal", "intake"));
        watched.jump(Duration.ofMinutes(119));
        assertThat(watched.standing()).isEmpty();
        watched.jump(Duration.ofMinutes(1));
        assertThat(watched.raised("verifier-backlog")).singleElement().satisfies(alert -> assertThat(alert.reason()).contains("7 are queued"));
        watched.say(new VerificationStarted("shop", id("shop", START), "disk", "equal", 1, "abcdef012345", "verifier-1"));
        watched.round();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void a_dead_letter_stands_for_a_day_and_is_not_told_again() {
        WatchedDatabases watched = shop();
        watched.say(new AlertRaised(null, "dead-letter", "warning", "holdfast.events-1@7", "no JSON", "correct it"));
        watched.jump(Duration.ofHours(23));
        assertThat(watched.standing()).containsExactly("dead-letter holdfast.events-1@7");
        watched.restart();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.raised("dead-letter")).hasSize(1);
        assertThat(watched.resolved("dead-letter")).hasSize(1);
    }

    @Test
    void a_subscriber_that_lost_a_delivery_is_reminded_of_until_the_notifier_says_that_it_is_over() {
        WatchedDatabases watched = shop();
        watched.say(new AlertRaised(null, "delivery-abandoned", "warning", "ops", "a delivery was given up", "mend it", START, 0));
        watched.jump(Duration.ofHours(24));
        assertThat(watched.raised("delivery-abandoned")).extracting(AlertRaised::reminder).containsExactly(0, 1);
        watched.say(new AlertResolved(null, "delivery-abandoned", "ops", START, "a delivery arrived there again"));
        watched.jump(Duration.ofHours(24));
        assertThat(watched.raised("delivery-abandoned")).hasSize(2);
        assertThat(watched.resolved("delivery-abandoned")).hasSize(1);
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void of_a_subscription_that_is_configured_no_more_nobody_is_reminded() {
        WatchedDatabases watched = shop();
        watched.say(new AlertRaised(null, "delivery-abandoned", "warning", "removed", "a delivery was given up", "mend it", START, 0));
        watched.jump(Duration.ofHours(23));
        assertThat(watched.resolved("delivery-abandoned")).as("the notifier's configuration may be the newer one").isEmpty();
        watched.jump(Duration.ofHours(1));
        assertThat(watched.raised("delivery-abandoned")).extracting(AlertRaised::reminder).containsExactly(0);
        assertThat(watched.resolved("delivery-abandoned")).singleElement()
                .satisfies(resolved -> assertThat(resolved.reason()).isEqualTo("the subscription was removed from the configuration"));
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void alerts_of_services_that_nobody_looks_after_here_are_left_alone() {
        WatchedDatabases watched = shop();
        watched.say(new AlertRaised("shop", "manifest-conflict", "critical", "x", "two manifests", "find out"));
        watched.jump(Duration.ofDays(3));
        assertThat(watched.standing()).isEmpty();
        assertThat(watched.log).filteredOn(event -> event.data() instanceof AlertRaised).hasSize(1);
    }
}
