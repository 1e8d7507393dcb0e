package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.status.StatusPage;
import dev.holdfast.events.AcceptedRequest;
import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.AlertResolved;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRefuted;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.BackupVerified;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.ServiceAlive;
import dev.holdfast.repository.BackupId;
import dev.holdfast.scheduler.status.ReadStatus;
import dev.holdfast.scheduler.status.Standing;
import dev.holdfast.scheduler.status.Status;
import dev.holdfast.service.ServiceRole;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page says of a log, from the first event to the last line. */
class StatusPageTest {

    private static final Instant NOW = Instant.parse("2026-02-05T06:00:00Z");

    @TempDir
    private Path folder;
    private HoldfastConfig config;
    private LogViews views;

    @BeforeEach
    void four_databases() throws IOException {
        Path file = Files.writeString(folder.resolve("holdfast.yml"), """
                repositories: {disk: {path: disk}}
                databases:
                  shop: {user: backup, encryption: none, schedule: "0 2 * * *"}
                  orders: {user: backup, encryption: none, schedule: "0 2 * * *"}
                  blog: {user: backup, encryption: none, schedule: "0 3 * * *"}
                  legacy: {user: backup, encryption: none, rpo: 30d}
                subscriptions:
                  oncall: {url: "https://hooks.example/x", secret: {env: HOOK}}
                """);
        config = new HoldfastConfigLoader(Map.of(), folder).load(Optional.of(file));
        views = new LogViews(config);
    }

    @Test
    void everything_that_can_be_told_is_on_one_page_with_what_is_not_safe_first() throws IOException {
        stored("shop", "2026-02-05T02:00:00Z");
        proven("shop", "2026-02-05T02:00:00Z");
        stored("orders", "2026-02-03T02:00:00Z");
        proven("orders", "2026-02-03T02:00:00Z");
        failed("orders", "2026-02-04T02:00:00Z");
        String running = backup("orders", "2026-02-05T02:00:00Z");
        tell("2026-02-05T05:50:00Z", new BackupAccepted("orders", "dump", running, Instant.parse("2026-02-05T02:00:00Z"), "scheduler", null));
        tell("2026-02-05T05:56:00Z", new BackupStarted("orders", "dump", running, 2, "n1", "backup-worker-1\u001b[2J"));
        tell("2026-02-05T05:59:58Z", new RunProgressed("orders", running, "backup", 2, "dump", 450_000_000, 1_000_000_000L, 12_300_000));
        stored("legacy", "2026-02-04T12:00:00Z");
        tell("2026-02-04T13:00:00Z", new BackupRefuted("legacy", "dump", backup("legacy", "2026-02-04T12:00:00Z"), "disk", "equal", List.of(), 3, "look", "key"));
        tell("2026-02-01T09:00:00Z", new ActivityPaused("blog", "backup", "alice@laptop", "migration"));
        tell("2026-02-04T09:00:00Z", new ActivityPaused(null, "prune", "bob@desk", "audit"));
        tell("2026-02-04T05:00:00Z", alert("orders", "overdue", "critical", null, "2026-02-04T04:00:00Z"));
        tell("2026-02-05T05:00:00Z", alert(null, "clock-skew", "warning", "host-7", "2026-02-05T05:00:00Z"));
        tell("2026-02-02T05:00:00Z", alert("shop", "missed", "warning", null, "2026-02-02T04:00:00Z"));
        tell("2026-02-02T06:00:00Z", new AlertResolved("shop", "missed", null, Instant.parse("2026-02-02T04:00:00Z"), "it ran"));
        alive(ServiceRole.SCHEDULER, "2026-02-05T05:59:57Z", null, null, 0L);
        alive(ServiceRole.BACKUP, "2026-02-05T05:59:55Z", 2, 1, 3L);
        alive(ServiceRole.VERIFIER, "2026-02-05T05:54:00Z", 1, 0, 0L);
        alive(ServiceRole.RETENTION, "2026-02-05T05:59:59Z", null, null, null);

        assertThat(String.join("\n", page(100)) + "\n").isEqualTo(Files.readString(Path.of("src/test/resources/dev/holdfast/cli/status-page.txt")));
        assertThat(status().standing()).isEqualTo(Standing.unsafe);
    }

    @Test
    void where_everything_is_safe_one_line_per_database_and_the_verdict_say_so() {
        for (String database : List.of("shop", "orders", "blog", "legacy")) {
            stored(database, "2026-02-05T02:00:00Z");
            proven(database, "2026-02-05T02:00:00Z");
        }
        for (ServiceRole role : ServiceRole.values()) {
            alive(role, "2026-02-05T05:59:57Z", null, null, 0L);
        }
        assertThat(status().standing()).isEqualTo(Standing.safe);
        List<String> page = page(Integer.MAX_VALUE);
        assertThat(page.stream().filter(line -> line.startsWith("SAFE "))).hasSize(4);
        assertThat(page.getLast()).isEqualTo("Safe: all 4 databases have a verified backup inside the RPO.");
    }

    @Test
    void a_narrow_terminal_gets_no_line_that_is_wider() {
        failed("orders", "2026-02-04T02:00:00Z");
        assertThat(page(60)).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
    }

    private Status status() {
        return new ReadStatus(config, views.catalog, views.runs, views.pauses, views.alerts::all, views.services).read(NOW, List.of(), true);
    }

    private List<String> page(int width) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return StatusPage.of(new Console(nowhere, nowhere, false, false, false), width, status());
    }

    private static String backup(String database, String time) {
        return BackupId.scheduled(database, "dump", Instant.parse(time)).toString();
    }

    private void stored(String database, String time) {
        Instant at = Instant.parse(time);
        tell(time, new BackupCompleted(database, "dump", backup(database, time), 1, at, at.plusSeconds(60), at, 1000, 700, false, "17.2", "00",
                List.of(new BackupCompleted.Copy("disk", 700)), List.of()));
    }

    private void proven(String database, String time) {
        Instant at = Instant.parse(time);
        tell(time, new BackupVerified(database, "dump", backup(database, time), "disk", "equal", at, at.plusSeconds(90), 9, 4.5, 1, 1, 0, 1, 0,
                "uid", List.of(), "key"));
    }

    private void failed(String database, String time) {
        String id = backup(database, time);
        tell(time, new BackupAccepted(database, "dump", id, Instant.parse(time), "scheduler",
                new AcceptedRequest(id, "/holdfast/scheduler-service", Instant.parse(time), 1L, 1, 0, null, null, null, "schedule", null)));
        tell(time, new BackupFailed(database, "dump", id, 3, "dump", "permanent", "source-unreachable",
                "the server db.internal refused the connection, and did so three times in a row over several minutes", "start the server"));
    }

    private static AlertRaised alert(String database, String name, String severity, String about, String since) {
        return new AlertRaised(database, name, severity, about, "it is " + name, "do something about it", Instant.parse(since), 0);
    }

    private void alive(ServiceRole role, String at, Integer slots, Integer running, Long lag) {
        tell(at, new ServiceAlive(null, role.service(), role.service() + "-1", "0.1.0", Instant.parse("2026-02-01T00:00:00Z"), slots, running, lag,
                Instant.parse(at)));
    }

    private void tell(String at, Payload data) {
        views.apply(Event.of("/test", Instant.parse(at), data), Instant.parse(at));
    }
}
