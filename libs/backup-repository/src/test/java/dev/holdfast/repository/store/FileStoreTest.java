package dev.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends ObjectStoreContract {

    @TempDir
    Path root;

    @Override
    ObjectStore store() {
        return FileStore.at(root);
    }

    @Override
    int debris() {
        try (Stream<Path> files = Files.walk(root)) {
            return (int) files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().startsWith(".tmp-")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not for S3Mock 5.2.0: there the abort of a losing upload deletes the winner's object. */
    @Test
    void of_four_that_race_with_large_uploads_one_wins() throws Exception {
        List<String> outcomes = race(number -> {
            if (number < 4) {
                byte[] content = bytes(LARGE);
                content[0] = (byte) number;
                upload("raced-large", content);
                return "won";
            }
            return "watched";
        });
        assertThat(outcomes).filteredOn(outcome -> outcome.equals("won")).hasSize(1);
        assertThat(outcomes).filteredOn(outcome -> outcome.equals("object-exists")).hasSize(3);
        assertThat(store().find("raced-large")).get().extracting(StoredObject::size).isEqualTo((long) LARGE);
    }

    @Test
    void a_missing_folder_is_not_an_empty_repository() {
        FileStore missing = FileStore.at(root.resolve("not-mounted"));
        fails("folder-missing", () -> missing.list("").close());
        fails("folder-missing", () -> missing.find("object"));
        fails("folder-missing", () -> missing.read("object", 0));
        fails("folder-missing", () -> missing.create("object", new byte[0]));
        fails("folder-missing", () -> missing.delete("object"));
        fails("folder-missing", () -> missing.abortUploads(""));
        fails("folder-missing", () -> missing.check(false));
        assertThat(root.resolve("not-mounted")).doesNotExist();
    }

    @Test
    void deleting_removes_the_folders_that_it_empties_and_never_the_root() {
        store().create("a/b/c/object", new byte[] {1});
        store().delete("a/b/c/object");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void symbolic_links_are_neither_listed_nor_found_nor_read() throws IOException {
        store().create("db/object", new byte[] {1});
        Path outside = Files.writeString(root.resolveSibling(root.getFileName() + "-outside"), "secret");
        Files.createSymbolicLink(root.resolve("db/latest"), Path.of("object"));
        Files.createSymbolicLink(root.resolve("db/escape"), outside);
        assertThat(keys("")).containsExactly("db/object");
        assertThat(store().find("db/escape")).isEmpty();
        fails("object-missing", () -> store().read("db/escape", 0));
        Files.delete(outside);
    }

    @Test
    void what_a_killed_writer_left_is_aborted() throws IOException {
        Files.createDirectories(root.resolve("run"));
        Files.writeString(root.resolve("run/.tmp-0000"), "half");
        assertThat(keys("")).isEmpty();
        assertThat(store().abortUploads("run/")).isEqualTo(1);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void a_full_disk_is_named_and_leaves_nothing() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(Files.isWritable(full)).as("this system has /dev/full").isTrue();
        StoreException failure = FileFailures.of("writing", full, writeTo(full));
        assertThat(failure.code()).isEqualTo("disk-full");
        assertThat(failure.nextStep()).contains("free space");
    }

    /** The operating system's own refusal, as a full file system words it. */
    private static IOException writeTo(Path full) {
        try {
            Files.write(full, new byte[] {1});
            throw new AssertionError("writing to /dev/full succeeded");
        } catch (IOException e) {
            return e;
        }
    }

    @Test
    void a_folder_that_may_not_be_written_is_denied() throws IOException {
        Files.createDirectory(root.resolve("closed"));
        Files.setPosixFilePermissions(root.resolve("closed"), PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            // Modes hold nobody back who is root; the kernel's own file system does.
            FileStore closed = FileStore.at(Files.isWritable(root.resolve("closed")) ? Path.of("/sys/kernel") : root.resolve("closed"));
            fails("store-denied", () -> closed.create("object", new byte[] {1}));
            fails("store-denied", () -> closed.check(true));
        } finally {
            Files.setPosixFilePermissions(root.resolve("closed"), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
