package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.store.FileStore;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories as files: the golden one, which every later version must open, and broken ones named for their defect. */
class FixturesTest {

    private static final BackupId PLAIN = BackupId.scheduled("plain", "dump", SampleBackup.FIRED);

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted", "zstd-encrypted"})
    void version_1_opens_for_ever(String alias) throws Exception {
        Repository repository = repository("repo-v1");
        assertThat(repository.catalog().aliases()).containsExactly("encrypted", "plain", "zstd-encrypted");
        ManifestDocument manifest = repository.catalog().manifest(alias, repository.catalog().backups(alias).getFirst());
        assertThat(manifest.id()).isEqualTo(BackupId.scheduled(alias, "dump", SampleBackup.FIRED));
        assertThat(repository.verifications().proof(manifest, "equal").isVerified()).isTrue();
        assertThat(manifest.manifest().source().databaseName()).isEqualTo("Shop \"Ü\"");
        SecretKeys keys = SecretKeys.read(List.of(resource("test-key").resolve("secret.asc")), new char[0]);
        assertThat(read(repository, manifest, "data", keys)).asString().startsWith("row 0\n").endsWith("row 59\n");
        assertThat(read(repository, manifest, "globals", keys)).asString().isEqualTo("CREATE ROLE app;\n");
    }

    @Test
    void version_1_names_its_recipients() throws Exception {
        Repository repository = repository("repo-v1");
        ManifestDocument manifest = repository.catalog().manifest("encrypted",
                repository.catalog().backups("encrypted").getFirst());
        assertThat(manifest.manifest().encryption().recipients())
                .isEqualTo(Recipients.read(List.of(resource("test-key").resolve("public.asc"))).fingerprints());
    }

    @ParameterizedTest
    @CsvSource({"format-of-the-future,format-too-new", "manifest-cut-short,manifest-corrupt", "manifest-with-a-flipped-bit,manifest-corrupt",
        "manifest-without-its-checksum,manifest-corrupt",
        "manifest-names-another-databases-object,manifest-invalid", "manifest-climbs-out,manifest-invalid",
        "manifest-of-another-backup,manifest-invalid", "object-missing,object-corrupt",
        "object-truncated,object-corrupt", "object-with-a-flipped-bit,object-corrupt",
        "objects-swapped,object-corrupt"})
    void what_is_broken_is_refused_by_name(String fixture, String code) throws Exception {
        Repository repository = repository("broken/" + fixture);
        RepositoryTest.fails(code, () -> {
            BackupId id = repository.catalog().backups("plain").getFirst();
            read(repository, repository.catalog().manifest("plain", id), "data", SecretKeys.none());
        });
    }

    @Test
    void data_without_manifest_is_an_orphan_and_no_backup() throws Exception {
        Repository repository = repository("broken/data-without-manifest");
        assertThat(repository.catalog().aliases()).isEmpty();
        assertThat(repository.catalog().backups("plain")).isEmpty();
        assertThat(repository.expirer().orphans("plain")).hasSize(1);
    }

    @Test
    void an_expiry_that_stopped_is_finished(@TempDir Path folder) throws Exception {
        copy(resource("broken/expiry-stopped-after-the-manifest"), folder);
        Repository repository = Repository.open("broken", FileStore.at(folder));
        assertThat(repository.catalog().backups("plain")).isEmpty();
        Tombstone left = repository.expirer().unfinished().tombstones().getFirst();
        assertThat(left.reason()).isEqualTo("age 30d");
        assertThat(repository.expirer().finish(left).objects()).isEqualTo(4);
        assertThat(folder.resolve("db")).doesNotExist();
    }

    @Test
    void a_verification_of_another_manifest_proves_nothing() throws Exception {
        Repository repository = repository("broken/verification-of-another-manifest");
        ManifestDocument manifest = repository.catalog().manifest("plain", PLAIN);
        assertThat(repository.verifications().of(manifest)).isEmpty();
        assertThat(repository.verifications().proof(manifest, "equal").isVerified()).isFalse();
    }

    private static byte[] read(Repository repository, ManifestDocument manifest, String stream, SecretKeys keys)
            throws IOException {
        try (InputStream in = repository.reader().openPlain(manifest, manifest.stream(stream), keys)) {
            return in.readAllBytes();
        }
    }

    private static Repository repository(String name) throws URISyntaxException {
        return Repository.open(name, FileStore.at(resource(name)));
    }

    static Path resource(String name) throws URISyntaxException {
        return Path.of(FixturesTest.class.getResource("/" + name).toURI());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
