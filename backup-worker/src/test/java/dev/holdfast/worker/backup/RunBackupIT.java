package dev.holdfast.worker.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.BackupCompleted;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventType;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.RunReleased;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One database, really dumped into a file repository. */
@Timeout(120)
@ExtendWith(PostgresExtension.class)
class RunBackupIT {

    @TempDir
    Path folder;

    @Test
    void a_backup_restores_with_stock_tools(PostgresServer server, PostgresServer.Database source) throws Exception {
        source.exec("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 5000) g");
        Workshop shop = new Workshop(source).file(folder);

        BackupCompleted completed = shop.complete();

        ManifestDocument manifest = shop.repository("files").reader().manifest(Workshop.ALIAS, BackupId.parse(completed.backupId()));
        PostgresServer.Database target = server.createDatabase();
        try (InputStream archive = shop.repository("files").reader().openPlain(manifest, manifest.stream("data"), SecretKeys.none())) {
            pipe(archive, server, target, server.programFolder().resolve("pg_restore").toString(), "--exit-on-error",
                    "-h", server.host(), "-p", Integer.toString(server.port()), "-U", target.user(), "-d", target.name());
        }
        assertThat(target.value("SELECT count(*) || ' ' || sum(id) FROM t")).isEqualTo("5000 12502500");
        try (InputStream globals = shop.repository("files").reader().openPlain(manifest, manifest.stream("globals"), SecretKeys.none())) {
            assertThat(new String(globals.readAllBytes(), StandardCharsets.UTF_8)).contains("CREATE ROLE").doesNotContain("SCRAM-SHA-256");
        }
    }

    @Test
    void the_log_tells_start_and_completion_under_the_requests_correlation(PostgresServer.Database source) {
        Workshop shop = new Workshop(source).file(folder);
        Event<BackupRequested> request = shop.request();

        shop.run(request);

        assertThat(shop.events).extracting(event -> event.type())
                .containsExactly(EventType.BACKUP_STARTED, EventType.BACKUP_COMPLETED);
        assertThat(shop.events).extracting(Event::correlationId).containsOnly(request.id());
        BackupCompleted completed = (BackupCompleted) shop.events.getLast().data();
        assertThat(completed.backupId()).isEqualTo(BackupId.of(request).toString());
        assertThat(completed.snapshotTime()).isBetween(completed.startedAt().minusSeconds(60), completed.endedAt().plusSeconds(60));
        assertThat(completed.copies()).containsExactly(new BackupCompleted.Copy("files", completed.storedBytes()));
        assertThat(completed.lostCopies()).isEmpty();
        assertThat(shop.beats).extracting(RunProgressed::phase).contains("preflight", "globals", "dump", "commit");
        assertThat(shop.beats.getLast().totalBytes()).isPositive();
    }

    @Test
    void the_manifest_says_what_a_restore_needs_and_names_the_attempts_keys(PostgresServer.Database source) {
        source.exec("CREATE EXTENSION IF NOT EXISTS pgcrypto; ALTER DATABASE %s SET work_mem = '5MB'"
                .formatted(PostgresServer.quoted(source.name())));
        Workshop shop = new Workshop(source).file(folder);

        BackupCompleted completed = shop.complete();

        Manifest manifest = shop.repository("files").catalog()
                .manifest(Workshop.ALIAS, BackupId.parse(completed.backupId())).manifest();
        assertThat(manifest.source().databaseName()).isEqualTo(source.name());
        assertThat(manifest.source().systemIdentifier()).isEqualTo(source.value("SELECT system_identifier FROM pg_control_system()"));
        assertThat(manifest.source().extensions()).extracting(Manifest.Extension::name).contains("pgcrypto");
        assertThat(manifest.source().settings()).contains("work_mem");
        assertThat(manifest.source().lsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(manifest.nonce()).isEqualTo(shop.started().nonce());
        assertThat(manifest.streams()).allSatisfy(stream -> assertThat(stream.parts())
                .allSatisfy(part -> assertThat(part.key()).contains("/1-" + manifest.nonce() + "/")));
        assertThat(manifest.policy()).containsEntry("rolePasswords", "left out: the backup is not encrypted");
    }

    @Test
    void the_same_request_twice_makes_one_backup_and_tells_the_same_event(PostgresServer.Database source) {
        Workshop shop = new Workshop(source).file(folder);
        Event<BackupRequested> request = shop.request();

        Event<?> first = shop.run(request);
        List<String> keys = shop.keys("files");
        Event<?> second = shop.run(request);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.data()).isEqualTo(first.data());
        assertThat(shop.keys("files")).isEqualTo(keys);
        assertThat(shop.events.stream().filter(event -> event.data() instanceof BackupStarted)).hasSize(1);
    }

    @Test
    void a_backup_that_is_there_is_told_as_completed_also_past_its_deadline_since_its_event_may_be_lost(PostgresServer.Database source) {
        Workshop shop = new Workshop(source).file(folder.resolve("repository"));
        Event<BackupRequested> request = shop.request();
        BackupCompleted made = (BackupCompleted) shop.run(request).data();
        BackupRequested late = new BackupRequested(Workshop.ALIAS, null, null, null, 2, "a test", null, Instant.EPOCH);
        Event<?> again = shop.run(new Event<>(request.id(), request.source(), null, request.time(), request.correlationId(), null, late));
        assertThat(again.data()).isInstanceOf(BackupCompleted.class);
        assertThat(((BackupCompleted) again.data()).manifestSha256()).isEqualTo(made.manifestSha256());
    }

    @Test
    void two_workers_with_the_same_request_make_one_backup(PostgresServer.Database source) throws Exception {
        source.exec("CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 50000) g");
        Workshop one = new Workshop(source).file(folder);
        Workshop two = new Workshop(source).file(folder);
        Event<BackupRequested> request = one.request();

        Runnable first = one.runBackup().claim(request, one);
        Runnable second = two.runBackup().claim(request, two);
        Thread other = Thread.ofPlatform().start(second);
        first.run();
        other.join();

        List<Event<?>> ends = List.of(one.events.getLast(), two.events.getLast());
        assertThat(ends).anyMatch(end -> end.data() instanceof BackupCompleted);
        assertThat(ends).as("who came second yields, or finds the backup").allMatch(end -> end.data() instanceof BackupCompleted
                || end.data() instanceof RunReleased);
        assertThat(ends.stream().filter(end -> end.data() instanceof BackupCompleted).map(Event::id).distinct()).hasSize(1);
        assertThat(one.keys("files")).filteredOn(key -> key.endsWith("manifest.json")).hasSize(1);
        assertThat(one.keys("files")).as("no second dump").hasSize(3);
    }

    @Test
    void a_backup_of_this_id_for_another_request_is_a_conflict(PostgresServer.Database source) {
        Workshop shop = new Workshop(source).file(folder);
        Instant fireTime = Instant.parse("2026-02-03T02:00:00Z");
        BackupRequested scheduled = new BackupRequested(Workshop.ALIAS, "dump", null, fireTime, null, null, null, null);
        Event<BackupRequested> first = new Event<>("1", BackupId.SCHEDULER, null, fireTime, "1", null, scheduled);
        Event<BackupRequested> second = new Event<>("2", BackupId.SCHEDULER, null, fireTime, "2", null, scheduled);

        shop.run(first);
        List<String> keys = shop.keys("files");
        BackupFailed failed = (BackupFailed) shop.run(second).data();

        assertThat(failed.code()).isEqualTo("backup-id-conflict");
        assertThat(shop.keys("files")).isEqualTo(keys);
    }

    @Test
    void parts_joined_by_cat_are_the_archive(PostgresServer server, PostgresServer.Database source) throws Exception {
        source.exec("CREATE TABLE t AS SELECT g, md5(g::text) || md5((g + 1)::text) AS v FROM generate_series(1, 20000) g");
        Workshop shop = new Workshop(source).file(folder).partBytes(100_000);

        BackupCompleted completed = shop.complete();

        List<String> parts = shop.keys("files").stream().filter(key -> key.contains("data.dump")).toList();
        assertThat(parts).hasSizeGreaterThan(2);
        Path whole = folder.resolve("whole");
        shell("cat %s/db/shop/%s/*/data.dump* | %s > %s".formatted(folder, completed.backupId(),
                parts.getFirst().contains(".zst") ? "zstd -dc" : "cat", whole));
        shell("%s --list %s".formatted(server.programFolder().resolve("pg_restore"), whole));
    }

    @Test
    void an_encrypted_backup_opens_with_stock_gpg_and_with_nothing_else(PostgresServer server, PostgresServer.Database source)
            throws Exception {
        source.exec("CREATE TABLE secretive AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g");
        Keys keys = Keys.shared();
        Path root = folder.resolve("repository");
        Workshop shop = new Workshop(source).file(root).encryptedTo(keys.publicKey()).partBytes(100_000);

        BackupCompleted completed = shop.complete();

        assertThat(completed.encrypted()).isTrue();
        assertThat(shop.keys("files")).filteredOn(key -> key.contains("data.dump")).hasSizeGreaterThan(1)
                .allSatisfy(key -> assertThat(key).endsWith(".gpg"));
        Path home = Files.createDirectory(folder.resolve("gnupg"));
        String gpg = "gpg --homedir %s --batch --quiet --pinentry-mode loopback --passphrase %s".formatted(home, Keys.PASSPHRASE);
        String attempt = root + "/db/shop/" + completed.backupId() + "/1-*";
        String decompress = shop.keys("files").stream().anyMatch(key -> key.contains(".zst.000")) ? "zstd -dc" : "cat";
        try {
            shell("chmod 700 %s && %s --import %s".formatted(home, gpg, keys.secretKey()));
            shell("cat %s/data.dump*.gpg | %s -d | %s > %s/whole".formatted(attempt, gpg, decompress, folder));
            shell("%s --list %s/whole | grep -q 'TABLE DATA public secretive'"
                    .formatted(server.programFolder().resolve("pg_restore"), folder));
            shell("%s -d %s/globals.sql.zst.gpg | zstd -dc | grep -q SCRAM-SHA-256".formatted(gpg, attempt));
        } finally {
            shell("gpgconf --homedir %s --kill all".formatted(home));
        }
        Manifest manifest = shop.repository("files").catalog()
                .manifest(Workshop.ALIAS, BackupId.parse(completed.backupId())).manifest();
        assertThat(manifest.encryption().recipients()).isEqualTo(keys.secret().fingerprints());
        assertThat(manifest.policy()).containsEntry("rolePasswords", "included");
    }

    private static void shell(String command) throws Exception {
        Process shell = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true).start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
    }

    private void pipe(InputStream from, PostgresServer server, PostgresServer.Database target, String... command) throws Exception {
        Path said = Files.createTempFile(folder, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("PGPASSWORD", target.password());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process program = builder.start();
        try (OutputStream in = program.getOutputStream()) {
            from.transferTo(in);
        }
        assertThat(program.waitFor()).as(Files.readString(said)).isZero();
    }
}
