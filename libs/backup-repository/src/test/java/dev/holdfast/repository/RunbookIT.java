package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.S3Settings;
import dev.holdfast.repository.store.S3Store;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.S3Server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Executes the blocks of docs/runbooks/restore-without-holdfast.md as they stand there, into an empty server. */
class RunbookIT {

    private static final String QUERY =
            "SELECT count(*) || ' ' || md5(string_agg(id || body, ',' ORDER BY id)) FROM \"Odd Ü\"";
    private static PostgresServer target;
    private static byte[] dump;
    private static byte[] globals;
    private static String expected;

    @TempDir
    static Path keys;
    private static Path secretKey;
    private static Recipients recipients;

    private Path work;

    @BeforeAll
    static void dumpSample() throws Exception {
        for (String program : List.of("gpg", "zstd", "sha256sum", "curl", "xargs")) {
            assumeThat(Path.of("/usr/bin", program)).as("the runbook needs " + program).isExecutable();
        }
        secretKey = keys.resolve("secret.asc");
        Clock earlier = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1));
        KeyGenerator.generate("Runbook", new char[0], keys.resolve("public.asc"), secretKey, earlier);
        recipients = Recipients.read(List.of(keys.resolve("public.asc")));
        PostgresServer source = PostgresServer.newCluster();
        try {
            PostgresServer.Database database = source.createDatabase("Shop \"Ü\"");
            database.exec("CREATE ROLE runbook_reader; CREATE TABLE \"Odd Ü\" (id int PRIMARY KEY, body text);"
                    + "INSERT INTO \"Odd Ü\" SELECT n, md5(n::text) FROM generate_series(1, 2000) n;"
                    + "GRANT SELECT ON \"Odd Ü\" TO runbook_reader");
            expected = database.value(QUERY);
            dump = program(source, "pg_dump", "--format=custom", "--compress=0", "--dbname", "Shop \"Ü\"");
            globals = program(source, "pg_dumpall", "--globals-only", "--no-role-passwords");
        } finally {
            source.close();
        }
        target = PostgresServer.newCluster();
    }

    @AfterAll
    static void stop() {
        if (target != null) {
            target.close();
        }
    }

    @BeforeEach
    void makeFolder() throws IOException {
        // The gpg agent's socket lies below it, and a socket's path is short.
        work = Files.createTempDirectory(Path.of("/tmp"), "hf-run-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @AfterEach
    void clean() throws Exception {
        new ProcessBuilder("gpgconf", "--homedir", work.resolve("gnupg").toString(), "--kill", "all").start()
                .waitFor(20, TimeUnit.SECONDS);
        try (var files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    void a_file_repository_is_restored_by_the_page_alone() throws Exception {
        Path root = Files.createDirectory(work.resolve("repository folder"));
        try (Repository repository = Repository.open("files", FileStore.at(root))) {
            fill(repository, recipients, true);
        }
        restore("2b. From S3", "from_files", Map.of("REPOSITORY", root.toString(), "SECRET_KEY", secretKey.toString()));
    }

    @Test
    void an_unencrypted_file_repository_needs_no_key() throws Exception {
        Path root = Files.createDirectory(work.resolve("repository"));
        try (Repository repository = Repository.open("files", FileStore.at(root))) {
            fill(repository, null, false);
        }
        restore("2b. From S3", "from_plain_files", Map.of("REPOSITORY", root.toString(), "SECRET_KEY", ""));
    }

    @Test
    void an_s3_repository_is_restored_by_the_page_alone() throws Exception {
        S3Server.Bucket bucket = S3Server.newBucket();
        S3Settings settings = new S3Settings(bucket.name(), "some/prefix", Optional.of(bucket.region()),
                Optional.of(bucket.endpoint()), true, Optional.empty(), S3Settings.Checksums.WHEN_SUPPORTED,
                Optional.of(StaticCredentialsProvider.create(AwsBasicCredentials.create(bucket.accessKey(),
                        bucket.secretKey()))), 5 << 20);
        try (Repository repository = Repository.open("s3", S3Store.open(settings))) {
            fill(repository, recipients, false);
        }
        restore("2a. From a folder", "from_s3", Map.of("S3_URL", bucket.endpoint() + "/" + bucket.name() + "/some/prefix",
                "AWS_REGION", bucket.region(), "AWS_ACCESS_KEY_ID", bucket.accessKey(),
                "AWS_SECRET_ACCESS_KEY", bucket.secretKey(), "SECRET_KEY", secretKey.toString()));
    }

    @Test
    void a_changed_object_stops_the_page_before_it_restores() throws Exception {
        Path root = Files.createDirectory(work.resolve("repository"));
        try (Repository repository = Repository.open("files", FileStore.at(root))) {
            ManifestDocument manifest = fill(repository, recipients, true);
            Path part = root.resolve(manifest.stream("data").parts().get(1).key());
            byte[] content = Files.readAllBytes(part);
            content[100] ^= 1;
            Files.write(part, content);
        }
        Result result = run("2b. From S3", "from_changed", Map.of("REPOSITORY", root.toString(),
                "SECRET_KEY", secretKey.toString()));
        assertThat(result.exit()).isNotZero();
        assertThat(result.output()).contains("FAILED");
        assertThat(target.database("postgres").query("SELECT datname FROM pg_database")).doesNotContain("from_changed");
    }

    @Test
    void a_changed_manifest_stops_the_page_before_it_restores() throws Exception {
        Path root = Files.createDirectory(work.resolve("repository"));
        Path file;
        try (Repository repository = Repository.open("files", FileStore.at(root))) {
            file = root.resolve("db/shop/" + fill(repository, recipients, true).id() + "/manifest.json");
        }
        String text = Files.readString(file);
        assertThat(text).contains("\"15.14\"");
        Files.writeString(file, text.replace("\"15.14\"", "\"15.15\""));
        Result result = run("2b. From S3", "from_changed_manifest", Map.of("REPOSITORY", root.toString(),
                "SECRET_KEY", secretKey.toString()));
        assertThat(result.exit()).isNotZero();
        assertThat(result.output()).contains("zeroed: FAILED");
        assertThat(target.database("postgres").query("SELECT datname FROM pg_database"))
                .doesNotContain("from_changed_manifest");
    }

    /** An older backup, the newest, and an attempt that came to nothing. */
    private static ManifestDocument fill(Repository repository, Recipients recipients, boolean zstd) {
        SampleBackup newest = SampleBackup.of("shop", "older".getBytes(StandardCharsets.US_ASCII))
                .holding(dump, globals).encoded(zstd, recipients);
        SampleBackup.of("shop", "older".getBytes(StandardCharsets.US_ASCII)).firedAt(SampleBackup.FIRED.minusSeconds(86_400))
                .storeIn(repository);
        newest.firedAt(SampleBackup.FIRED.plusSeconds(86_400)).storeDataIn(repository);
        ManifestDocument manifest = newest.storeIn(repository);
        assertThat(manifest.stream("data").parts()).hasSizeGreaterThan(2);
        return manifest;
    }

    private void restore(String without, String database, Map<String, String> variables) throws Exception {
        Result result = run(without, database, variables);
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(target.database(database).value(QUERY)).isEqualTo(expected);
        assertThat(target.database(database).value("SELECT has_table_privilege('runbook_reader', '\"Odd Ü\"', 'SELECT')"))
                .isEqualTo("t");
    }

    private record Result(int exit, String output) {
    }

    private Result run(String without, String database, Map<String, String> variables) throws Exception {
        Path output = work.resolve("output");
        ProcessBuilder shell = new ProcessBuilder("sh", "-eu", "-c", script(without)).redirectErrorStream(true)
                .redirectOutput(output.toFile()).redirectInput(Path.of("/dev/null").toFile());
        Files.createDirectories(work.resolve("gnupg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Map<String, String> environment = new HashMap<>(variables);
        environment.putAll(Map.of("DATABASE", "shop", "WORK", Files.createDirectory(work.resolve("work")).toString(),
                "TARGET", database, "GNUPGHOME", work.resolve("gnupg").toString(), "PGHOST", target.host(),
                "PGPORT", Integer.toString(target.port()), "PGUSER", PostgresServer.SUPERUSER,
                "PGPASSWORD", PostgresServer.PASSWORD,
                "PATH", target.programFolder() + ":" + System.getenv("PATH")));
        shell.environment().putAll(environment);
        Process process = shell.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output));
    }

    /** Every {@code sh} block of the page in order, but for those of one section. */
    private static String script(String without) throws IOException {
        String page = Files.readString(page());
        assertThat(page).contains("## " + without);
        StringBuilder script = new StringBuilder();
        for (String section : page.split("(?m)^## ")) {
            if (!section.startsWith(without)) {
                Matcher block = Pattern.compile("(?ms)^```sh\\n(.*?)^```$").matcher(section);
                while (block.find()) {
                    script.append(block.group(1));
                }
            }
        }
        return script.toString();
    }

    private static Path page() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path page = folder.resolve("docs/runbooks/restore-without-holdfast.md");
            if (Files.exists(page)) {
                return page;
            }
        }
        throw new AssertionError("docs/runbooks/restore-without-holdfast.md is not above " + Path.of("").toAbsolutePath());
    }

    private static byte[] program(PostgresServer server, String name, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(server.programFolder().resolve(name).toString());
        builder.command().addAll(List.of("--host", server.host(), "--port", Integer.toString(server.port()),
                "--username", PostgresServer.SUPERUSER));
        builder.command().addAll(List.of(arguments));
        builder.environment().put("PGPASSWORD", PostgresServer.PASSWORD);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
