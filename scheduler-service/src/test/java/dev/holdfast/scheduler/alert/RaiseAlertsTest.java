package dev.holdfast.scheduler.alert;

import static dev.holdfast.scheduler.alert.WatchedDatabases.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaiseAlertsTest {

    @TempDir
    private Path folder;

    private WatchedDatabases shop() {
        return WatchedDatabases.of(folder, "shop: {grace: 90d, rpo: 26h, proof-within: 90d}", "blog: {grace: 90d, rpo: 26h, proof-within: 90d}");
    }

    @Test
    void an_alert_is_raised_once_reminded_of_at_the_interval_and_resolved_once_over_any_number_of_restarts() {
        WatchedDatabases watched = shop();
        watched.backedUp("shop", START);
        watched.backedUp("blog", START.plus(Duration.ofDays(30)));
        watched.jump(Duration.ofHours(26));
        for (int hour = 0; hour < 47; hour++) {
            watched.jump(Duration.ofHours(1));
            watched.restart();
            watched.round();
        }
        assertThat(watched.raised("overdue")).extracting(AlertRaised::reminder).containsExactly(0, 1);
        watched.jump(Duration.ofHours(1));
        assertThat(watched.raised("overdue")).extracting(AlertRaised::reminder).containsExactly(0, 1, 2);
        watched.backedUp("shop", watched.now());
        watched.round();
        watched.restart();
        watched.round().jump(Duration.ofHours(1));
        assertThat(watched.resolved("overdue")).hasSize(1);
        assertThat(watched.raised("overdue")).hasSize(3).extracting(AlertRaised::since).containsOnly(START.plus(Duration.ofHours(26)));
    }

    @Test
    void after_days_in_which_nobody_looked_one_reminder_follows_and_not_many() {
        WatchedDatabases watched = shop();
        watched.backedUp("blog", START.plus(Duration.ofDays(30)));
        watched.accepted("shop", START);
        watched.jump(Duration.ofHours(26));
        watched.jump(Duration.ofDays(5));
        watched.round();
        assertThat(watched.raised("overdue")).extracting(AlertRaised::reminder).containsExactly(0, 1);
    }

    @Test
    void ids_are_functions_of_what_is_said_and_only_the_owner_says_it() {
        WatchedDatabases one = shop();
        WatchedDatabases other = shop();
        for (WatchedDatabases watched : List.of(one, other)) {
            watched.backedUp("shop", START);
            watched.backedUp("blog", START);
            watched.clock.advance(Duration.ofHours(27));
        }
        one.round("shop"::equals);
        other.clock.advance(Duration.ofMinutes(7));
        other.round("shop"::equals);
        assertThat(one.standing()).containsExactly("overdue shop");
        assertThat(one.log.getLast().id()).isEqualTo(other.log.getLast().id());
        one.round("blog"::equals);
        assertThat(one.standing()).containsExactly("overdue blog", "overdue shop");
        assertThat(one.log.stream().map(Event::id)).doesNotHaveDuplicates();
    }

    @Test
    void what_is_resolved_stays_so_when_the_log_tells_it_before_it_was_raised() {
        WatchedDatabases watched = shop();
        watched.backedUp("shop", START);
        watched.backedUp("blog", START);
        watched.pass(Duration.ofMinutes(1));
        watched.services.remove("backup-worker");
        watched.pass(Duration.ofMinutes(4));
        watched.services.add("backup-worker");
        watched.pass(Duration.ofMinutes(1));
        assertThat(watched.resolved("service-missing")).hasSize(1);

        List<Event<? extends Payload>> inOrder = List.copyOf(watched.log);
        watched.log.clear();
        watched.log.addAll(inOrder.reversed());
        watched.restart();
        assertThat(watched.standing()).isEmpty();
    }

    @Test
    void one_that_comes_back_with_the_same_beginning_is_raised_anew() {
        WatchedDatabases watched = shop();
        watched.backedUp("blog", START.plus(Duration.ofDays(30)));
        watched.backedUp("shop", START);
        watched.jump(Duration.ofHours(26));
        watched.backedUp("shop", START.plus(Duration.ofHours(5)));
        watched.round();
        watched.say(new dev.holdfast.events.BackupExpired("shop", "dump", WatchedDatabases.id("shop", START.plus(Duration.ofHours(5))), "disk", "age", 1));
        watched.round().round();
        assertThat(watched.raised("overdue")).hasSize(2);
        assertThat(watched.standing()).containsExactly("overdue shop");
        watched.restart();
        watched.round();
        assertThat(watched.raised("overdue")).hasSize(2);
    }
}
