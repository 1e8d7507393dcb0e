package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.ManifestJson;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {

    static final byte[] DATA = "row\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path root;
    private ObjectStore store;
    private Repository repository;

    @BeforeEach
    void open() {
        store = FileStore.at(root);
        repository = Repository.open("main", store);
    }

    @Test
    void a_folder_is_no_repository_until_a_writer_prepares_it() {
        assertThat(repository.exists()).isFalse();
        assertThat(fails("repository-missing", () -> repository.catalog().aliases()).kind())
                .isEqualTo(FailureKind.RETRIABLE);
        repository.writer().prepare();
        assertThat(repository.exists()).isTrue();
        assertThat(repository.catalog().aliases()).isEmpty();
        String id = repository.id();
        Repository again = Repository.open("main", store);
        again.writer().prepare();
        assertThat(again.id()).isEqualTo(id);
    }

    @Test
    void an_unmounted_repository_is_neither_made_anew_nor_read_as_empty() throws IOException {
        repository.writer().prepare();
        String id = repository.id();
        Path file = root.resolve("repository.json");
        byte[] content = Files.readAllBytes(file);
        Files.delete(file);
        List<ThrowingCallable> uses = List.of(() -> repository.writer().prepare(), () -> repository.catalog().aliases(),
                repository::exists, repository::check);
        for (ThrowingCallable use : uses) {
            assertThat(fails("repository-replaced", use)).hasMessageContaining(id);
        }
        assertThat(root).isEmptyDirectory();
        Files.write(file, content);
        assertThat(repository.catalog().aliases()).isEmpty();
        Files.delete(file);
        Repository.open("main", store).writer().prepare();
        for (ThrowingCallable use : uses) {
            assertThat(fails("repository-replaced", use)).hasMessageContaining(id);
        }
    }

    @Test
    void backups_without_the_repository_s_own_file_are_not_adopted_by_a_new_one() throws IOException {
        new StoredBackups(repository).add("shop", Instant.parse("2026-02-03T02:00:00Z"));
        Files.delete(root.resolve("repository.json"));
        fails("repository-invalid", () -> Repository.open("again", FileStore.at(root)).writer().prepare());
        assertThat(root.resolve("repository.json")).doesNotExist();
    }

    @Test
    void a_newer_format_is_refused_by_name() {
        store.create("repository.json", "{\"formatVersion\": 2, \"repositoryId\": \"x\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(fails("format-too-new", () -> repository.catalog().aliases())).hasMessageContaining("format 2");
        fails("format-too-new", () -> repository.writer().prepare());
        fails("format-too-new", () -> repository.check());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"formatVersion\": \"one\"}", "not json"})
    void an_unreadable_identity_is_refused(String content) {
        store.create("repository.json", content.getBytes(StandardCharsets.UTF_8));
        assertThatExceptionOfType(RepositoryException.class).isThrownBy(() -> repository.catalog().aliases())
                .satisfies(e -> assertThat(e.code()).isIn("repository-invalid", "format-too-new"));
    }

    @Test
    void backups_are_listed_newest_first_and_only_with_a_manifest() {
        SampleBackup old = SampleBackup.of("shop", DATA).firedAt(Instant.parse("2025-12-31T02:00:00Z"));
        SampleBackup young = SampleBackup.of("shop", DATA);
        SampleBackup unfinished = young.firedAt(Instant.parse("2026-02-04T02:00:00Z"));
        old.storeIn(repository);
        young.storeIn(repository);
        unfinished.storeDataIn(repository);
        SampleBackup.of("other", DATA).storeIn(repository);
        assertThat(repository.catalog().aliases()).containsExactly("other", "shop");
        assertThat(repository.catalog().backups("shop")).containsExactly(young.folder().id(), old.folder().id());
        assertThat(repository.catalog().find("shop", unfinished.folder().id())).isEmpty();
        assertThat(repository.catalog().aliasOf(old.folder().id())).contains("shop");
        fails("backup-missing", () -> repository.catalog().manifest("shop", unfinished.folder().id()));
        fails("bad-alias", () -> repository.catalog().backups("../shop"));
    }

    @Test
    void the_same_manifest_again_is_done_and_another_is_a_conflict() {
        ManifestDocument first = SampleBackup.of("shop", DATA).storeIn(repository);
        assertThat(repository.writer().commit(first).sha256()).isEqualTo(first.sha256());
        ManifestDocument other = SampleBackup.of("shop", DATA).attempt(2, "fedcba9876543210").storeDataIn(repository);
        assertThat(fails("manifest-conflict", () -> repository.writer().commit(other)))
                .hasMessageContaining(first.sha256());
        assertThat(repository.catalog().manifest("shop", first.id()).sha256()).isEqualTo(first.sha256());
    }

    @Test
    void a_manifest_is_not_stored_before_what_it_names() {
        repository.writer().prepare();
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeDataIn(repository);
        store.delete(manifest.stream("data").parts().getLast().key());
        assertThatExceptionOfType(CorruptObjectException.class).isThrownBy(() -> repository.writer().commit(manifest))
                .satisfies(e -> assertThat(e.found()).isEqualTo("no object"));
        assertThat(repository.catalog().backups("shop")).isEmpty();
    }

    @Test
    void an_attempt_writes_below_its_own_folder_only() {
        repository.writer().prepare();
        AttemptFolder mine = SampleBackup.of("shop", DATA).folder();
        AttemptFolder foreign = new AttemptFolder("other", mine.id(), 1, mine.nonce());
        for (String key : List.of(foreign.data(0, false, false), mine.prefix() + "../manifest.json",
                mine.prefix() + "deep/object", "db/shop/" + mine.id() + "/manifest.json", "repository.json")) {
            fails("foreign-key", () -> repository.writer().create(mine, key));
        }
    }

    @Test
    void names_are_those_of_the_format() {
        AttemptFolder folder = SampleBackup.of("shop", DATA).folder();
        assertThat(folder.prefix()).isEqualTo("db/shop/" + folder.id() + "/1-0123456789abcdef/");
        assertThat(folder.data(0, false, false)).endsWith("/data.dump.000");
        assertThat(folder.data(1, true, true)).endsWith("/data.dump.zst.001.gpg");
        assertThat(folder.globals(true)).endsWith("/globals.sql.zst.gpg");
        assertThat(folder.globals(false)).endsWith("/globals.sql.zst");
    }

    @Test
    void a_manifest_is_the_same_bytes_wherever_it_is_written_and_unknown_fields_are_ignored() {
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeIn(repository);
        String text = new String(manifest.bytes(), StandardCharsets.UTF_8);
        assertThat(text).startsWith("{\n  \"formatVersion\" : 1,\n  \"backupId\" : \"").endsWith("}\n")
                .contains("\"fireTime\" : \"2026-02-03T02:00:00Z\"").contains("Shop \\\"Ü\\\"");
        ManifestDocument again = ManifestDocument.parse(manifest.bytes(), "shop", manifest.id());
        assertThat(again.manifest()).isEqualTo(manifest.manifest());
        assertThat(ManifestDocument.of(again.manifest()).bytes()).isEqualTo(manifest.bytes());
        byte[] extended = sealed(text.replace("\"formatVersion\"", "\"added\" : [1], \"formatVersion\""));
        assertThat(ManifestDocument.parse(extended, "shop", manifest.id()).manifest()).isEqualTo(manifest.manifest());
    }

    @Test
    void a_hostile_manifest_is_refused() {
        ManifestDocument good = SampleBackup.of("shop", DATA).storeIn(repository);
        String text = new String(good.bytes(), StandardCharsets.UTF_8);
        String key = good.stream("data").parts().getFirst().key();
        Map<String, String> changes = Map.of(
                key, "db/other/" + good.id() + "/1-0123456789abcdef/data.dump.000",
                "\"" + key, "\"db/shop/" + good.id() + "/../../other/x/data.dump.000",
                "\"database\" : \"shop\"", "\"database\" : \"other\"",
                "\"backupId\" : \"" + good.id(), "\"backupId\" : \"20260203T020000Z-dump-000000000000",
                "\"bytes\" : 10000", "\"bytes\" : -1",
                "\"plainBytes\" : 40000", "\"plainBytes\" : 9223372036854775807",
                "\"name\" : \"globals\"", "\"name\" : \"data\"",
                "\"method\" : \"none\"", "\"method\" : \"rot13\"",
                "\"compression\" : \"zstd\"", "\"compression\" : \"bomb\"",
                "\"sha256\" : \"", "\"sha256\" : \"z");
        changes.forEach((from, to) -> {
            assertThat(text).contains(from);
            byte[] hostile = sealed(text.replace(from, to));
            fails("manifest-invalid", () -> ManifestDocument.parse(hostile, "shop", good.id()));
        });
        for (String broken : List.of("{\n}\n", "[\n}\n", text.replaceFirst("]", "}"), text.replaceFirst("\\{", "{\"database\" : \"shop\", "))) {
            byte[] hostile = sealed(broken);
            fails("manifest-invalid", () -> ManifestDocument.parse(hostile, "shop", good.id()));
        }
        for (String broken : List.of("", "null", "[]", "{}", text.substring(0, text.length() / 2), text + "x")) {
            byte[] hostile = broken.getBytes(StandardCharsets.UTF_8);
            fails("manifest-corrupt", () -> ManifestDocument.parse(hostile, "shop", good.id()));
        }
        String future = text.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2");
        fails("format-too-new", () -> ManifestDocument.parse(sealed(future), "shop", good.id()));
        byte[] sealedInAnotherWay = future.replace("selfSha256", "selfSha512").getBytes(StandardCharsets.UTF_8);
        fails("format-too-new", () -> ManifestDocument.parse(sealedInAnotherWay, "shop", good.id()));
    }

    /** As someone would write it who knows the format. */
    private static byte[] sealed(String text) {
        return SelfChecksum.seal(text.replaceFirst(",\n  \"selfSha256\" : \"[0-9a-f]*\"", "").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_manifest_of_endless_size_does_not_fill_the_memory() {
        repository.writer().prepare();
        BackupId id = SampleBackup.of("shop", DATA).folder().id();
        store.create("db/shop/" + id + "/manifest.json", new byte[(16 << 20) + 1]);
        assertThatExceptionOfType(CorruptObjectException.class)
                .isThrownBy(() -> repository.catalog().find("shop", id));
    }

    @Test
    void verifications_count_only_for_the_manifest_that_they_name() {
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeIn(repository);
        Verification other = verification(manifest, "verified", Instant.parse("2026-02-03T04:00:00Z"), "0".repeat(64));
        fails("verification-invalid", () -> repository.verificationWriter().add(manifest, other));
        store.create("db/shop/" + manifest.id() + "/verifications/forged.json",
                SelfChecksum.seal(ManifestJson.write(other)));
        assertThat(repository.verifications().of(manifest)).isEmpty();
        assertThat(repository.verifications().proof(manifest, "equal").isVerified()).isFalse();
    }

    @Test
    void an_unproven_attempt_changes_no_verdict_and_a_newer_verdict_does() {
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeIn(repository);
        verify(manifest, "verified", "2026-02-03T03:00:00Z");
        verify(manifest, "unproven", "2026-02-03T04:00:00Z");
        assertThat(repository.verifications().proof(manifest, "equal").isVerified()).isTrue();
        assertThat(repository.verifications().of(manifest)).extracting(document -> document.verification().outcome())
                .containsExactly("unproven", "verified");
        verify(manifest, "refuted", "2026-02-03T05:00:00Z");
        assertThat(repository.verifications().proof(manifest, "equal").isVerified()).isFalse();
        assertThat(repository.verifications().proof(manifest, "equal").deciding()).get()
                .extracting(ProofResult::outcome).isEqualTo("refuted");
    }

    @Test
    void the_latest_link_names_a_backup_and_is_no_object() throws IOException {
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeIn(repository);
        LatestLink latest = repository.latestLink().orElseThrow();
        assertThat(latest.target("shop")).isEmpty();
        latest.point("shop", SampleBackup.of("shop", DATA).firedAt(Instant.EPOCH).folder().id());
        latest.point("shop", manifest.id());
        assertThat(latest.target("shop")).contains(manifest.id());
        assertThat(root.resolve("db/shop/latest/manifest.json")).hasBinaryContent(manifest.bytes());
        assertThat(repository.catalog().backups("shop")).containsExactly(manifest.id());
        try (var files = Files.list(root.resolve("db/shop"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("latest", manifest.id().toString());
        }
        latest.remove("shop");
        latest.remove("shop");
        assertThat(latest.target("shop")).isEmpty();
        assertThat(repository.catalog().find("shop", manifest.id())).isPresent();
    }

    @Test
    void streams_are_found_by_name() {
        ManifestDocument manifest = SampleBackup.of("shop", DATA).storeIn(repository);
        assertThat(manifest.stream("globals").parts()).extracting(Manifest.Part::key)
                .containsExactly(SampleBackup.of("shop", DATA).folder().globals(false));
        fails("manifest-invalid", () -> manifest.stream("blobs"));
        assertThat(manifest.storedBytes()).isGreaterThan(40_000);
    }

    private void verify(ManifestDocument manifest, String outcome, String endedAt) {
        repository.verificationWriter().add(manifest,
                verification(manifest, outcome, Instant.parse(endedAt), manifest.sha256()));
    }

    static Verification verification(ManifestDocument manifest, String outcome, Instant endedAt, String sha256) {
        return new Verification(1, manifest.id().toString(), manifest.alias(), "main", sha256, outcome, "equal",
                endedAt.minusSeconds(60), endedAt, "verifier-1", "uid", List.of(), 0, null, null, Map.of("restore", 1.5),
                1.5, new Verification.Counts(1, 10_000, 0, 3, 0), List.of(), List.of());
    }

    static HoldfastException fails(String code, ThrowingCallable act) {
        HoldfastException[] caught = new HoldfastException[1];
        assertThatExceptionOfType(HoldfastException.class).isThrownBy(act).satisfies(e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.nextStep()).isNotBlank();
            caught[0] = e;
        });
        return caught[0];
    }
}
