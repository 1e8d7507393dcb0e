package dev.holdfast.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupAccepted;
import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.CatalogEntry;
import dev.holdfast.events.Event;
import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationAccepted;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.scheduler.RunningScheduler.Answer;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SchedulerServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant START = Instant.parse("2026-02-03T01:59:30Z");

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
    void stop_the_clock() {
        RunningScheduler.Clocked.CLOCK.set(START);
    }

    @Test
    void of_two_instances_one_fires_each_minute_and_when_it_ends_the_other_asks_for_what_was_missed() {
        try (RunningScheduler one = start(); RunningScheduler other = start()) {
            await().atMost(PATIENCE).until(() -> one.fires("shop") && !other.owns("shop") || other.fires("shop") && !one.owns("shop"));
            for (int minute = 1; minute <= 3; minute++) {
                int requests = minute;
                RunningScheduler.Clocked.CLOCK.advance(Duration.ofMinutes(1));
                await().atMost(PATIENCE).until(() -> topics.read(Topics.BACKUP_REQUESTS).size() >= requests);
            }
            RunningScheduler firing = one.owns("shop") ? one : other;
            RunningScheduler standingBy = firing == one ? other : one;
            await().atMost(PATIENCE).until(() -> topics.read(Topics.EVENTS, BackupAccepted.class).size() == 3);
            firing.close();
            RunningScheduler.Clocked.CLOCK.advance(Duration.ofMinutes(10));
            await().atMost(PATIENCE).until(() -> standingBy.owns("shop") && topics.read(Topics.BACKUP_REQUESTS).size() >= 4);

            List<TopicReader.Found> requests = topics.read(Topics.BACKUP_REQUESTS);
            Set<String> ids = new HashSet<>();
            requests.forEach(found -> ids.add(found.event().id()));
            assertThat(requests).hasSize(4).allSatisfy(found -> assertThat(found.key()).isEqualTo("shop"));
            assertThat(ids).containsExactlyInAnyOrder(fired("02:00"), fired("02:01"), fired("02:02"), fired("02:12"));
        }
    }

    private static String fired(String time) {
        return BackupId.scheduled("shop", "dump", Instant.parse("2026-02-03T" + time + ":00Z")).toString();
    }

    @Test
    void a_request_typed_by_hand_is_accepted_and_one_for_an_unknown_database_is_left_to_the_worker() {
        try (RunningScheduler scheduler = start()) {
            current(scheduler);
            topics.write(Topics.BACKUP_REQUESTS, "nowhere", """
                    {"specversion":"1.0","type":"dev.holdfast.backup.requested.v1","source":"/by/hand","id":"2",
                     "time":"2026-02-03T10:00:00Z","data":{"database":"nowhere"}}""".getBytes(StandardCharsets.UTF_8));
            topics.write(Topics.BACKUP_REQUESTS, "shop", """
                    {"specversion":"1.0","type":"dev.holdfast.backup.requested.v1","source":"/by/hand","id":"1",
                     "time":"2026-02-03T10:00:00Z","data":{"database":"shop","deadline":"2126-02-03T10:00:00Z"}}""".getBytes(StandardCharsets.UTF_8));
            topics.write(Topics.VERIFICATION_REQUESTS, "shop", """
                    {"specversion":"1.0","type":"dev.holdfast.verification.requested.v1","source":"/by/hand","id":"3",
                     "time":"2026-02-03T10:00:00Z","data":{"database":"shop","backupId":"20260203T100000Z-dump-0123456789ab"}}"""
                    .getBytes(StandardCharsets.UTF_8));

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(topics.read(Topics.EVENTS, BackupAccepted.class)).hasSize(1);
                assertThat(topics.read(Topics.EVENTS, VerificationAccepted.class)).hasSize(1);
            });
            Event<?> accepted = topics.read(Topics.EVENTS, BackupAccepted.class).getFirst();
            BackupAccepted data = (BackupAccepted) accepted.data();
            assertThat(data.backupId()).isEqualTo(BackupId.requested("/by/hand", "1", "dump", Instant.parse("2026-02-03T10:00:00Z")).toString());
            assertThat(data.requester()).isEqualTo("/by/hand");
            assertThat(accepted.correlationId()).isEqualTo("1");
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertThat(scheduler.get("/api/v1/runs/" + data.backupId()).json().path("state").asString()).isEqualTo("accepted"));
        }
    }

    @Test
    void the_catalog_follows_the_log_and_is_there_again_after_a_restart_and_on_an_empty_broker() {
        ManifestDocument direct = storedAndVerified("blog", START.minusSeconds(7200));
        String id = BackupId.scheduled("shop", "dump", START.minusSeconds(30)).toString();
        try (RunningScheduler scheduler = start()) {
            current(scheduler);
            ManifestDocument stored = storedAndVerified("shop", START.minusSeconds(30));
            topics.write(Topics.EVENTS, new Event<>("c1", "/holdfast/backup-worker", id, START, id, "worker-1",
                    new BackupCompleted("shop", "dump", id, 1, START, START.plusSeconds(30), START.minusSeconds(30), 2000,
                            stored.storedBytes(), false, "15.8", stored.sha256(), List.of(new BackupCompleted.Copy("disk", 1000)), List.of())));
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(catalogEntry("shop/" + id)).extracting(CatalogEntry::state).isEqualTo("completed");
                assertThat(catalogEntry("blog/" + direct.id())).extracting(CatalogEntry::state).isEqualTo("verified");
            });
            assertThat(metric(scheduler, "backup_size_bytes", "shop")).isEqualTo(1000);
        }
        try (RunningScheduler again = start()) {
            current(again);
            assertBothVerified(again, id, direct);
        }
        broker.reset();
        try (RunningScheduler empty = start()) {
            current(empty);
            assertBothVerified(empty, id, direct);
            assertThat(catalogEntry("shop/" + id).state()).isEqualTo("verified");
        }
    }

    @Test
    void without_a_broker_it_starts_shows_what_the_repository_holds_and_refuses_to_run_now() {
        ManifestDocument direct = storedAndVerified("blog", START.minusSeconds(7200));
        broker.stop();
        try (RunningScheduler scheduler = start()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(scheduler.get("/api/v1/backups/" + direct.id()).status()).isEqualTo(200));
            Answer refused = scheduler.post("/api/v1/databases/shop/backups", "application/json", "{}");
            assertProblem(refused, 503, "broker-unreachable");
            assertThat(scheduler.get("/actuator/health/readiness").status()).isEqualTo(503);
        } finally {
            broker.start();
        }
    }

    @Test
    void run_now_answers_with_the_backups_id_and_the_same_key_asks_once_also_after_a_restart() {
        String id;
        try (RunningScheduler scheduler = start()) {
            current(scheduler);
            Answer first = scheduler.post("/api/v1/databases/blog/backups", "application/json", "{\"reason\": \"before the upgrade\"}",
                    "Idempotency-Key", "upgrade-7");
            assertThat(first.status()).isEqualTo(202);
            id = first.json().path("backupId").asString();
            assertThat(first.location()).contains("/api/v1/runs/" + id);
            RunningScheduler.Clocked.CLOCK.advance(Duration.ofSeconds(10));
            Answer same = scheduler.post("/api/v1/databases/blog/backups", "application/json", "{}", "Idempotency-Key", "upgrade-7");
            assertThat(same.json().path("backupId").asString()).isEqualTo(id);
            Answer other = scheduler.post("/api/v1/databases/blog/backups", "application/json", "{}");
            assertThat(other.json().path("backupId").asString()).isNotEqualTo(id);
            await().atMost(PATIENCE).until(() -> scheduler.get("/api/v1/runs/" + id).status() == 200);
        }
        try (RunningScheduler again = start()) {
            current(again);
            Answer same = again.post("/api/v1/databases/blog/backups", "application/json", "{}", "Idempotency-Key", "upgrade-7");
            assertThat(same.json().path("backupId").asString()).isEqualTo(id);
        }
        assertThat(topics.read(Topics.BACKUP_REQUESTS, BackupRequested.class)).hasSize(2).first()
                .satisfies(event -> assertThat(((BackupRequested) event.data()).reason()).isEqualTo("before the upgrade"));
    }

    @Test
    void the_api_tells_what_is_protected_and_answers_mistakes_with_problem_details() {
        ManifestDocument stored = storedAndVerified("shop", START.minusSeconds(30)); // of the newest fire time: nothing is to be caught up
        try (RunningScheduler scheduler = start()) {
            current(scheduler);
            JsonNode shop = scheduler.get("/api/v1/databases/shop").json();
            assertThat(shop.path("nextRun").asString()).isEqualTo("2026-02-03T02:00:00Z");
            assertThat(shop.path("zone").asString()).isEqualTo("Europe/Berlin");
            assertThat(shop.path("lastVerified").path("backupId").asString()).isEqualTo(stored.id().toString());
            assertThat(scheduler.get("/api/v1/databases").json()).hasSize(2);
            assertThat(scheduler.get("/api/v1/backups?database=shop").json()).hasSize(1);
            assertThat(scheduler.get("/api/v1/backups?database=blog").json()).isEmpty();
            assertThat(scheduler.get("/api/v1/runs?state=failed").json()).isEmpty();

            Answer unknown = scheduler.get("/api/v1/databases/shpo");
            assertProblem(unknown, 404, "unknown-database");
            assertThat(unknown.json().path("nextStep").asString()).contains("[blog, shop]");
            assertProblem(scheduler.get("/api/v1/backups/nothing"), 404, "unknown-backup");
            assertProblem(scheduler.get("/api/v1/runs/nothing"), 404, "unknown-run");
            assertProblem(scheduler.post("/api/v1/databases/shpo/backups", "application/json", "{}"), 404, "unknown-database");
            assertProblem(scheduler.post("/api/v1/databases/shop/backups", "application/json", "{}", "Idempotency-Key", "a b"),
                    400, "bad-request");
            assertProblem(scheduler.post("/api/v1/databases/shop/backups", "application/json", "{\"requester\": \"a\\u001b[2J\"}"),
                    400, "bad-request");
            String page = "/api/v1/databases/shop/backups";
            assertThat(scheduler.post(page, "text/plain", "{}")).satisfies(answer -> {
                assertThat(answer.status()).isEqualTo(415);
                assertThat(answer.contentType()).startsWith("application/problem+json");
            });
            assertThat(scheduler.post(page, "application/json", "{").status()).isEqualTo(400);
            assertThat(scheduler.get("/api/v1/nothing").status()).isEqualTo(404);
            assertThat(topics.read(Topics.BACKUP_REQUESTS)).isEmpty();
        }
    }

    @Test
    void what_a_web_page_could_send_is_refused() throws IOException {
        try (RunningScheduler scheduler = start()) {
            assertThat(raw(scheduler, "Host: evil.example:" + scheduler.port())).contains(" 421 ").contains("host-not-local");
            assertThat(raw(scheduler, "Host: 127.0.0.1.evil.example")).contains(" 421 ");
            assertThat(raw(scheduler, "Host: localhost\r\nOrigin: https://evil.example")).contains(" 403 ").contains("origin-not-local");
            assertThat(raw(scheduler, "Host: localhost\r\nOrigin: null")).contains(" 403 ");
            assertThat(raw(scheduler, "Host: localhost:" + scheduler.port())).contains(" 200 ");
            assertThat(raw(scheduler, "Host: [::1]")).contains(" 200 ");
        }
    }

    @Test
    void it_refuses_to_listen_where_others_can_reach_it() {
        assertThatThrownBy(() -> RunningScheduler.start(folder, broker.bootstrapServers(), Map.of("server.address", "0.0.0.0")))
                .hasStackTraceContaining("scheduler.bind '0.0.0.0'");
    }

    private RunningScheduler start() {
        return RunningScheduler.start(folder, broker.bootstrapServers());
    }

    private static void current(RunningScheduler scheduler) {
        await().atMost(PATIENCE).until(scheduler::isCurrent);
    }

    private ManifestDocument storedAndVerified(String alias, Instant time) {
        try (Repository repository = Repository.open("disk", FileStore.at(Files.createDirectories(folder.resolve("disk"))))) {
            StoredBackups backups = new StoredBackups(repository);
            ManifestDocument stored = backups.add(alias, time);
            backups.verify(stored, "verified", "equal", time.plusSeconds(60));
            return stored;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertBothVerified(RunningScheduler scheduler, String id, ManifestDocument direct) {
        assertThat(scheduler.get("/api/v1/backups/" + id).json().path("state").asString()).isEqualTo("verified");
        assertThat(scheduler.get("/api/v1/backups/" + direct.id()).json().path("state").asString()).isEqualTo("verified");
        assertThat(metric(scheduler, "backup_last_success_timestamp_seconds", "shop")).isEqualTo(START.minusSeconds(30).getEpochSecond());
        assertThat(metric(scheduler, "backup_duration_seconds", "blog")).isEqualTo(30);
        assertThat(metric(scheduler, "backup_size_bytes", "blog")).isEqualTo(StoredBackups.BYTES);
        assertThat(metric(scheduler, "backup_verification_success", "shop")).isEqualTo(1);
    }

    private static double metric(RunningScheduler scheduler, String name, String database) {
        return scheduler.text("/actuator/prometheus").lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("database=\"" + database + "\"") && line.contains("repository=\"disk\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElseThrow();
    }

    private CatalogEntry catalogEntry(String key) {
        return topics.read(Topics.CATALOG).stream().filter(found -> found.key().equals(key))
                .map(found -> (CatalogEntry) found.event().data()).reduce(null, (earlier, later) -> later);
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.json().path("code").asString()).isEqualTo(code);
        assertThat(answer.json().path("type").asString()).isEqualTo("urn:holdfast:problem:" + code);
        assertThat(answer.json().path("detail").asString()).isNotBlank();
    }

    /** The client of the JDK sets no Host header of one's choice. */
    private static String raw(RunningScheduler scheduler, String headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", scheduler.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /api/v1/databases HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
