package dev.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.repository.store.FileStore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfChecksumTest {

    @TempDir
    private Path root;
    private Repository repository;
    private ManifestDocument manifest;

    @BeforeEach
    void store() {
        repository = Repository.open("main", FileStore.at(root));
        manifest = SampleBackup.of("shop", "some data".getBytes(StandardCharsets.US_ASCII)).storeIn(repository);
    }

    @Test
    void no_flipped_bit_in_a_manifest_goes_unnoticed() {
        byte[] bytes = manifest.bytes();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(CorruptObjectException.class).as("bit " + bit)
                    .isThrownBy(() -> ManifestDocument.parse(bytes, "shop", manifest.id()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo("manifest-corrupt"));
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(ManifestDocument.parse(bytes, "shop", manifest.id()).sha256()).isEqualTo(manifest.sha256());
    }

    @Test
    void a_changed_manifest_is_named_with_its_repository() throws IOException {
        Path file = root.resolve("db/shop/" + manifest.id() + "/manifest.json");
        replace(file, "\"serverVersion\" : \"15.14\"", "\"serverVersion\" : \"15.15\"");
        assertThatExceptionOfType(CorruptObjectException.class)
                .isThrownBy(() -> repository.catalog().find("shop", manifest.id())).satisfies(e -> {
                    assertThat(e.where()).isEqualTo(file.toString());
                    assertThat(e.what()).isEqualTo("changed manifest");
                    assertThat(e.expected()).matches("selfSha256 [0-9a-f]{64}");
                    assertThat(e.found()).matches("[0-9a-f]{64}");
                });
    }

    @Test
    void no_flipped_bit_in_a_verification_goes_unnoticed() throws IOException {
        byte[] bytes = Files.readAllBytes(verification());
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(SelfChecksum.difference(bytes)).as("bit " + bit).isPresent();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(SelfChecksum.difference(bytes)).isEmpty();
    }

    @Test
    void a_changed_verification_proves_nothing_and_is_named() throws IOException {
        Path file = verification();
        replace(file, "\"level\" : \"equal\"", "\"level\" : \"equaL\"");
        assertThatExceptionOfType(CorruptObjectException.class)
                .isThrownBy(() -> repository.verifications().proof(manifest, "equal").isVerified()).satisfies(e -> {
                    assertThat(e.code()).isEqualTo("verification-corrupt");
                    assertThat(e.where()).isEqualTo(file.toString());
                });
    }

    private Path verification() {
        return root.resolve(repository.verificationWriter().add(manifest, RepositoryTest.verification(manifest, "verified",
                Instant.parse("2026-02-03T03:00:00Z"), manifest.sha256())).key());
    }

    private static void replace(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.delete(file);
        Files.writeString(file, text.replace(from, to));
    }
}
