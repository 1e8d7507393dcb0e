package dev.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.StoredBackups;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.WritingProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 4 MiB in a mount namespace of its own, so that no mount outlives the test and no root is needed. */
class FullDiskIT {

    private static final List<String> NAMESPACE = List.of("unshare", "--map-root-user", "--mount");
    private static final String MOUNT = "mount -t tmpfs -o size=4m,mode=750 tmpfs \"$FOLDER\"";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void canMount() throws Exception {
        assumeThat(Path.of("/usr/bin/unshare")).as("a namespace for the mount needs util-linux").isExecutable();
        WritingProcess.Result probe = WritingProcess.run(NAMESPACE, MOUNT + "; exit 0", FullDiskIT.class, folder);
        assumeThat(probe.exit()).as("this kernel lets no one mount a tmpfs in a user namespace: " + probe.output()).isZero();
    }

    @Test
    void a_backup_that_fills_the_disk_leaves_no_manifest_and_no_temporary_file_and_hurts_no_other() throws Exception {
        WritingProcess.Result result = WritingProcess.run(NAMESPACE, MOUNT + "; exec \"$@\"", FillTheDisk.class, folder);
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("code: disk-full", "backups: 1", "files of the failed attempt: []",
                "temporary files: []", "the other backup: " + StoredBackups.BYTES + " bytes");
        assertThat(folder).as("the mount was not seen outside").isEmptyDirectory();
    }

    /** Runs where the small file system is mounted, and says what it finds. */
    static final class FillTheDisk {

        private FillTheDisk() {
        }

        public static void main(String[] arguments) throws IOException {
            Path root = Path.of(arguments[0]);
            try (Repository repository = Repository.open("small", FileStore.at(root))) {
                ManifestDocument other = new StoredBackups(repository).add("shop", Instant.parse("2026-02-01T02:00:00Z"));
                byte[] dump = new byte[16 << 20];
                new Random(1).nextBytes(dump);
                try (BackupCopies copies = new BackupCopies(Attempts.FOLDER, List.of(repository.writer()), CopySettings.DEFAULT)) {
                    copies.prepare();
                    copies.write(StreamSpec.data(Attempts.FOLDER, "none", Optional.empty(), 1 << 30),
                            new ByteArrayInputStream(dump), () -> { });
                    copies.commitManifest(Attempts.manifest(copies.commitStreams()));
                } catch (HoldfastException e) {
                    System.out.println("code: " + e.code());
                }
                System.out.println("backups: " + repository.catalog().backups("shop").size());
                System.out.println("files of the failed attempt: " + files(root, Attempts.FOLDER.id().toString()));
                System.out.println("temporary files: " + files(root, ".tmp-"));
                try (InputStream in = repository.reader().openPlain(other, other.stream("data"), SecretKeys.none())) {
                    System.out.println("the other backup: " + in.readAllBytes().length + " bytes");
                }
            }
        }

        private static List<Path> files(Path root, String part) throws IOException {
            try (Stream<Path> files = Files.walk(root)) {
                return files.filter(file -> file.toString().contains(part)).toList();
            }
        }
    }
}
