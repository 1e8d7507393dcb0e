package dev.holdfast.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.ActivityPaused;
import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.events.RunCancelled;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.Topics;
import dev.holdfast.scheduler.RunningScheduler.Answer;
import dev.holdfast.testkit.KafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

@ExtendWith(OutputCaptureExtension.class)
class ControlIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Of today: deadlines are held against the broker's clock. */
    private static final Instant START = Instant.now().truncatedTo(ChronoUnit.MINUTES).plusSeconds(30);
    private static final String JSON = "application/json";
    private static final String WHY = "{\"requester\": \"alice@laptop\", \"reason\": \"maintenance\"}";

    @TempDir
    private Path folder;
    private final KafkaServer broker = KafkaServer.shared();
    private final TopicReader topics = new TopicReader(broker.bootstrapServers());

    @BeforeEach
    void begin_with_an_empty_broker() {
        broker.start();
        broker.reset();
        RunningScheduler.Clocked.CLOCK.set(START);
    }

    @AfterEach
    void give_the_clock_back() {
        RunningScheduler.Clocked.CLOCK.set(Instant.parse("2026-02-03T01:59:30Z"));
    }

    @Test
    void a_run_that_nobody_holds_is_cancelled_and_then_tried_again_each_with_who_and_why() {
        try (RunningScheduler scheduler = RunningScheduler.start(folder, broker.bootstrapServers())) {
            await().atMost(PATIENCE).until(() -> scheduler.owns("blog"));
            String id = scheduler.post("/api/v1/databases/blog/backups", JSON, "{}").json().path("backupId").asString();
            String run = "/api/v1/runs/" + id;
            await().atMost(PATIENCE).until(() -> scheduler.get(run).status() == 200);
            assertThat(database(scheduler, "blog").path("running").path(0).path("id").asString()).isEqualTo(id);
            assertThat(problem(scheduler.post(run + "/cancel", JSON, "{}"))).isEqualTo("400 bad-request");
            assertThat(problem(scheduler.post(run + "/retry", JSON, WHY))).isEqualTo("409 run-not-failed");
            assertThat(problem(scheduler.post("/api/v1/runs/nothing/cancel", JSON, WHY))).isEqualTo("404 unknown-run");

            assertThat(scheduler.post(run + "/cancel", JSON, WHY).status()).isEqualTo(202);
            await().atMost(PATIENCE).until(() -> scheduler.get(run).json().path("state").asString().equals("cancelled"));
            assertThat(topics.read(Topics.EVENTS, RunCancelling.class)).hasSize(1);
            assertThat(topics.read(Topics.EVENTS, RunCancelled.class)).extracting(Event::data).first().satisfies(data ->
                    assertThat((RunCancelled) data).extracting(RunCancelled::requester, RunCancelled::reason)
                            .containsExactly("alice@laptop", "maintenance"));
            assertThat(problem(scheduler.post(run + "/cancel", JSON, WHY))).isEqualTo("409 run-ended");

            RunningScheduler.Clocked.CLOCK.advance(Duration.ofSeconds(10));
            Answer retried = scheduler.post(run + "/retry", JSON, WHY);
            assertThat(retried.status()).isEqualTo(202);
            assertThat(retried.json().path("attempt").asInt()).isEqualTo(2);
            await().atMost(PATIENCE).until(() -> scheduler.get(run).json().path("state").asString().equals("accepted"));
            assertThat(problem(scheduler.post(run + "/retry", JSON, WHY))).isEqualTo("409 run-not-failed");
        }
        List<Event<?>> requests = topics.read(Topics.BACKUP_REQUESTS, BackupRequested.class);
        assertThat(requests).hasSize(2).extracting(Event::id).containsOnly(requests.getFirst().id());
        assertThat(topics.read(Topics.EVENTS, BackupAccepted.class)).hasSize(2);
        assertThat((BackupRequested) requests.getLast().data()).satisfies(again -> {
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(again.failures()).isZero();
            assertThat(again.requester()).isEqualTo("alice@laptop");
            assertThat(again.deadline()).isEqualTo(START.plusSeconds(10).plus(Duration.ofHours(12)));
        });
    }

    @Test
    void a_pause_says_by_whom_and_why_until_it_is_resumed() {
        try (RunningScheduler scheduler = RunningScheduler.start(folder, broker.bootstrapServers())) {
            await().atMost(PATIENCE).until(scheduler::isCurrent);
            assertThat(problem(scheduler.post("/api/v1/databases/shpo/pause", JSON, WHY))).isEqualTo("404 unknown-database");
            assertThat(problem(scheduler.post("/api/v1/databases/shop/pause", JSON, "{}"))).isEqualTo("400 bad-request");
            assertThat(problem(scheduler.post("/api/v1/databases/shop/resume", JSON, "{}"))).isEqualTo("409 not-paused");
            assertThat(scheduler.post("/api/v1/databases/shop/pause", JSON, WHY).status()).isEqualTo(200);
            assertThat(scheduler.post("/api/v1/prune/pause", JSON, WHY).status()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> scheduler.get("/api/v1/status").json().path("pauses").size() == 2);
            JsonNode shop = database(scheduler, "shop");
            assertThat(shop.path("paused").path("requester").asString()).isEqualTo("alice@laptop");
            assertThat(shop.path("nextRun").isNull()).isTrue();
            assertThat(scheduler.get("/api/v1/status").json().path("trouble").toString()).contains("pruning is paused by alice@laptop");

            assertThat(scheduler.post("/api/v1/databases/shop/resume", JSON, "{}").status()).isEqualTo(200);
            assertThat(scheduler.post("/api/v1/prune/resume", JSON, "{}").status()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> scheduler.get("/api/v1/status").json().path("pauses").isEmpty());
            assertThat(database(scheduler, "shop").path("nextRun").asString()).isEqualTo(START.plusSeconds(30).toString());
        }
    }

    @Test
    void where_others_reach_it_every_call_needs_a_token_whose_name_is_the_requester(CapturedOutput log) {
        String tokens = """
                \s tokens:
                \s   - {name: ci, sha256: %s}
                \s   - {name: eye, sha256: %s, access: read}
                """.formatted(sha256("token-of-ci"), sha256("token-of-eye"));
        try (RunningScheduler scheduler = RunningScheduler.start(folder, broker.bootstrapServers(), Map.of("server.address", "0.0.0.0"), tokens)) {
            await().atMost(PATIENCE).until(scheduler::isCurrent);
            for (String path : List.of("/api/v1/status", "/actuator/prometheus", "/actuator/health", "/actuator/info", "/nothing",
                    "/actuator/health/liveness/", "/actuator/health/liveness;x=1", "//actuator/health/liveness")) {
                assertThat(scheduler.get(path).status()).as(path).isBetween(400, 401);
            }
            assertThat(scheduler.get("/api/v1/status").challenge()).contains("Bearer realm=\"holdfast\"");
            assertThat(scheduler.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(scheduler.text("/actuator/health/readiness")).contains("\"status\"").doesNotContain("repositories");
            assertThat(scheduler.get("/api/v1/status", "Authorization", "Bearer token-of-eye").status()).isEqualTo(200);
            assertThat(problem(pause(scheduler, "token-of-eye"))).isEqualTo("403 token-read-only");
            assertThat(pause(scheduler, "token-of-ci").status()).isEqualTo(200);
            assertThat(topics.read(Topics.EVENTS, ActivityPaused.class)).singleElement().satisfies(event ->
                    assertThat(((ActivityPaused) event.data()).requester()).isEqualTo("ci"));

            List<Integer> refused = Stream.generate(() -> pause(scheduler, "token-of-cj").status()).limit(25).toList();
            assertThat(refused).contains(429).doesNotContain(200);
            assertThat(pause(scheduler, "token-of-ci").status()).isEqualTo(200);
        }
        assertThat(log).contains("refused a call from").doesNotContain("token-of-c");
    }

    private static Answer pause(RunningScheduler scheduler, String token) {
        return scheduler.post("/api/v1/databases/shop/pause", JSON, WHY, "Authorization", "Bearer " + token);
    }

    private static JsonNode database(RunningScheduler scheduler, String alias) {
        for (JsonNode database : scheduler.get("/api/v1/status").json().path("databases")) {
            if (database.path("database").asString().equals(alias)) {
                return database;
            }
        }
        throw new AssertionError("no database " + alias);
    }

    private static String problem(Answer answer) {
        return answer.status() + " " + answer.json().path("code").asString();
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
