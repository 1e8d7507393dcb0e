package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.store.FaultyStore;
import dev.holdfast.repository.store.FileStore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which stored bytes may differ from the manifest has a name; none is read as success. */
class ReadBackTest {

    private static final byte[] DATA = new byte[45_678];
    @TempDir
    static Path keyFolder;
    private static Recipients recipients;
    private static SecretKeys keys;

    @TempDir
    Path root;
    private Repository repository;
    private ManifestDocument manifest;

    @BeforeAll
    static void makeKey() {
        new Random(1).nextBytes(DATA);
        Clock clock = Clock.fixed(SampleBackup.FIRED, ZoneOffset.UTC);
        KeyGenerator.generate("Test", new char[0], keyFolder.resolve("pub"), keyFolder.resolve("sec"), clock);
        recipients = Recipients.read(List.of(keyFolder.resolve("pub")), clock);
        keys = SecretKeys.read(List.of(keyFolder.resolve("sec")), new char[0]);
    }

    @BeforeEach
    void store() {
        repository = Repository.open("main", FileStore.at(root));
        manifest = SampleBackup.of("shop", DATA).encoded(false, recipients).storeIn(repository);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void every_encoding_reads_back_as_it_was(boolean zstd, boolean encrypted) throws IOException {
        ManifestDocument backup = SampleBackup.of("encodings", DATA).encoded(zstd, encrypted ? recipients : null)
                .storeIn(repository);
        assertThat(backup.stream("data").parts()).hasSizeGreaterThan(3);
        assertThat(plain(repository, backup, "data")).isEqualTo(DATA);
        assertThat(plain(repository, backup, "globals")).asString().startsWith("CREATE ROLE");
    }

    @Test
    void an_empty_stream_reads_back_empty() throws IOException {
        for (boolean zstd : new boolean[] {false, true}) {
            ManifestDocument backup = SampleBackup.of(zstd ? "empty-zstd" : "empty", new byte[0]).encoded(zstd, null)
                    .storeIn(repository);
            assertThat(plain(repository, backup, "data")).isEmpty();
        }
    }

    @Test
    void a_connection_that_breaks_again_and_again_is_resumed_where_it_broke() throws IOException {
        FaultyStore flaky = new FaultyStore(FileStore.at(root)).breakReadsAfter(3_000);
        Repository flakyRepository = Repository.open("flaky", FileStore.at(root));
        assertThat(flakyRepository.exists()).isTrue();
        try (InputStream in = new StoredStream(flaky, manifest.stream("data").parts())) {
            assertThat(Sha256.of(in.readAllBytes())).isEqualTo(Sha256.of(stored()));
        }
    }

    @Test
    void a_missing_object_is_named() throws IOException {
        Files.delete(part(1));
        assertCorrupt("missing object", part(1));
    }

    @Test
    void a_truncated_object_is_named_with_both_sizes() throws IOException {
        byte[] content = Files.readAllBytes(part(1));
        Files.write(part(1), Arrays.copyOf(content, content.length - 1));
        CorruptObjectException e = assertCorrupt("truncated object", part(1));
        assertThat(e.expected()).isEqualTo("10000 bytes");
        assertThat(e.found()).isEqualTo("9999 bytes");
    }

    @Test
    void an_object_emptied_is_truncated() throws IOException {
        Files.write(part(0), new byte[0]);
        assertCorrupt("truncated object", part(0));
    }

    @Test
    void a_longer_object_is_named() throws IOException {
        byte[] content = Files.readAllBytes(part(1));
        Files.write(part(1), Arrays.copyOf(content, content.length + 1));
        assertCorrupt("longer object", part(1));
    }

    @Test
    void a_flipped_bit_is_named_with_both_checksums() throws IOException {
        byte[] content = Files.readAllBytes(part(2));
        content[5_000] ^= 4;
        Files.write(part(2), content);
        assertThat(assertCorrupt("changed object", part(2)).expected())
                .isEqualTo("sha256 " + manifest.stream("data").parts().get(2).sha256());
    }

    @Test
    void two_swapped_objects_are_found_at_the_first() throws IOException {
        byte[] first = Files.readAllBytes(part(0));
        Files.write(part(0), Files.readAllBytes(part(1)));
        Files.write(part(1), first);
        assertCorrupt("changed object", part(0));
    }

    @Test
    void a_flipped_bit_never_reaches_the_plain_end_as_success() throws IOException {
        byte[] content = Files.readAllBytes(part(2));
        content[5_000] ^= 4;
        Files.write(part(2), content);
        assertThatExceptionOfType(dev.holdfast.failure.HoldfastException.class)
                .isThrownBy(() -> plain(repository, manifest, "data"))
                .satisfies(e -> assertThat(e.code()).isIn("object-corrupt", "decryption-failed"));
    }

    @Test
    void a_wrong_key_is_a_wrong_key_and_not_a_corrupt_object() {
        RepositoryTest.fails("wrong-key", () -> {
            try (InputStream in = repository.reader().openPlain(manifest, manifest.stream("data"), SecretKeys.none())) {
                in.readAllBytes();
            }
        });
    }

    private CorruptObjectException assertCorrupt(String what, Path where) {
        CorruptObjectException[] caught = new CorruptObjectException[1];
        assertThatExceptionOfType(CorruptObjectException.class).isThrownBy(this::stored).satisfies(e -> {
            assertThat(e.what()).isEqualTo(what);
            assertThat(e.where()).isEqualTo(where.toString());
            caught[0] = e;
        });
        return caught[0];
    }

    private byte[] stored() throws IOException {
        try (InputStream in = repository.reader().openStored(manifest, manifest.stream("data"))) {
            return in.readAllBytes();
        }
    }

    private static byte[] plain(Repository repository, ManifestDocument manifest, String stream) throws IOException {
        try (InputStream in = repository.reader().openPlain(manifest, manifest.stream(stream), keys)) {
            return in.readAllBytes();
        }
    }

    private Path part(int index) {
        return root.resolve(manifest.stream("data").parts().get(index).key());
    }
}
