package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.scheduler.SchedulerService;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.config.HoldfastConfigLoader;
import dev.holdfast.testkit.KafkaServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** status, cancel, retry, pause and resume against a real broker and the scheduler; no worker is there to take a run. */
class ControlCommandsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;
    private final KafkaServer broker = KafkaServer.shared();

    @BeforeEach
    void begin_with_an_empty_broker() throws Exception {
        broker.start();
        broker.reset();
        Files.createDirectories(folder.resolve("repository"));
        Files.writeString(folder.resolve("holdfast.yml"), """
                kafka: {bootstrap-servers: "%s"}
                repositories: {local: {path: repository}}
                databases:
                  shop: {user: backup, encryption: none, schedule: "0 2 1 1 *"}
                """.formatted(broker.bootstrapServers()));
    }

    @Test
    void a_run_is_cancelled_and_tried_again_and_every_refusal_has_its_exit_code() {
        try (ConfigurableApplicationContext scheduler = scheduler()) {
            assertThat(cli("backup", "shop").exit()).isZero();
            await().atMost(PATIENCE).until(() -> shop().path("running").size() == 1);
            String run = shop().path("running").get(0).path("id").asString();
            refused("retry", run, "run-not-failed");
            assertThat(cli("cancel", run).exit()).as("without a reason, and nobody to ask").isEqualTo(2);
            assertThat(cli("cancel", "nothing", "--reason", "x").err()).contains("code: unknown-run");

            JsonNode cancelled = done("cancel", run, "--reason", "maintenance", "--requester", "bob@desk");
            assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
            assertThat(cancelled.path("requester").asString()).isEqualTo("bob@desk");
            assertThat(cli("status").out()).contains("cancelled").contains("by bob@desk: maintenance").contains("holdfast retry " + run);
            Cli again = cli("cancel", run, "--reason", "x");
            assertThat(again.exit()).isEqualTo(3);
            assertThat(again.err()).contains("code: run-ended");

            JsonNode retried = done("retry", run);
            assertThat(retried.path("attempt").asInt()).isEqualTo(2);
            assertThat(retried.path("requester").asString()).contains("@");
            await().atMost(PATIENCE).until(() -> shop().path("running").size() == 1);
            refused("retry", run, "run-not-failed");
        }
    }

    @Test
    void a_pause_is_confirmed_by_the_scheduler_and_shown_until_it_is_resumed() {
        try (ConfigurableApplicationContext scheduler = scheduler()) {
            JsonNode paused = done("pause", "shop", "--reason", "migration", "--requester", "alice@laptop", "--timeout", "90s");
            assertThat(paused.path("seenBy")).hasSize(1);
            assertThat(cli("status").out()).contains("paused by alice@laptop: migration").contains("holdfast resume shop");
            assertThat(shop().path("nextRun").isNull()).isTrue();
            assertThat(done("resume", "shop", "--timeout", "90s").path("state").asString()).isEqualTo("resumed");
            refused("resume", "shop", "not-paused");
            assertThat(cli("pause", "--reason", "x").exit()).isEqualTo(2);
            assertThat(cli("pause", "shpo", "--reason", "x").exit()).isEqualTo(2);

            Cli unheard = cli("pause", "prune", "--reason", "audit", "--timeout", "1s");
            assertThat(unheard.exit()).isEqualTo(1);
            assertThat(unheard.err()).contains("code: wait-timed-out").contains("none has said so").contains("it is on the log");
            Cli prune = cli("prune");
            assertThat(prune.exit()).isEqualTo(3);
            assertThat(prune.err()).contains("code: prune-paused").contains("audit");
            assertThat(cli("prune", "--dry-run").exit()).isZero();
            assertThat(cli("prune", "--force").exit()).isZero();
        }
    }

    @Test
    void without_a_broker_status_says_so_and_tells_what_the_repositories_hold() throws Exception {
        Files.writeString(folder.resolve("holdfast.yml"), Files.readString(folder.resolve("holdfast.yml"))
                .replace(broker.bootstrapServers(), "127.0.0.1:1"));
        Cli status = cli("status");
        assertThat(status.exit()).isEqualTo(4);
        assertThat(status.out()).contains("127.0.0.1:1").contains("what follows is what the repositories tell")
                .contains("no backup is stored").doesNotContain("SERVICE ");
        assertThat(status.out().strip().lines().toList().getLast()).startsWith("NOT SAFE: shop");
    }

    private ConfigurableApplicationContext scheduler() {
        return HoldfastService.run(SchedulerService.class, "scheduler-service",
                new HoldfastConfigLoader(Map.of(), folder).load(Optional.empty()), Map.of("server.port", 0));
    }

    private JsonNode shop() {
        Cli status = cli("status", "--json");
        assertThat(status.exit()).as(status.err()).isEqualTo(4);
        return json(status.out()).path("databases").get(0);
    }

    private void refused(String command, String what, String code) {
        Cli refused = cli(command, what);
        assertThat(refused.exit()).as(refused.err()).isEqualTo(3);
        assertThat(refused.err()).contains("code: " + code).contains("next: ");
    }

    private JsonNode done(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        Cli done = cli(all);
        assertThat(done.exit()).as(done.err() + done.out()).isZero();
        return json(done.out());
    }

    private Cli cli(String... arguments) {
        return Cli.run(folder, Map.of(), arguments);
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }
}
