package dev.holdfast.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenPgpTest {

    static final Clock NOW = Clock.fixed(Instant.parse("2026-02-03T02:00:00Z"), ZoneOffset.UTC);

    @TempDir
    static Path folder;
    private static Path publicKey;
    private static Path secretKey;
    private static Path otherPublicKey;
    private static Path otherSecretKey;
    private static String fingerprint;

    @BeforeAll
    static void makeKeys() {
        publicKey = folder.resolve("one.pub.asc");
        secretKey = folder.resolve("one.sec.asc");
        otherPublicKey = folder.resolve("two.pub.asc");
        otherSecretKey = folder.resolve("two.sec.asc");
        fingerprint = KeyGenerator.generate("One <one@example.org>", new char[0], publicKey, secretKey, NOW);
        KeyGenerator.generate("Two <two@example.org>", "pass phrase ü".toCharArray(), otherPublicKey, otherSecretKey, NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 1_000_000})
    void what_was_encrypted_is_decrypted(int size) throws IOException {
        byte[] plain = bytes(size);
        byte[] encrypted = encrypt(plain, publicKey);
        assertThat(decrypt(encrypted, keys())).isEqualTo(plain);
    }

    @Test
    void every_recipient_can_decrypt_with_its_own_key() throws IOException {
        byte[] encrypted = encrypt(bytes(1000), publicKey, otherPublicKey);
        assertThat(decrypt(encrypted, keys())).isEqualTo(bytes(1000));
        assertThat(decrypt(encrypted, otherKeys())).isEqualTo(bytes(1000));
    }

    @Test
    void another_key_is_a_wrong_key_and_the_message_says_whose_it_was() throws IOException {
        byte[] encrypted = encrypt(bytes(1000), publicKey);
        fails("wrong-key", () -> decrypt(encrypted, otherKeys()));
        fails("wrong-key", () -> decrypt(encrypted, SecretKeys.none()));
    }

    @Test
    void a_flipped_bit_anywhere_is_never_reported_as_success() throws IOException {
        byte[] plain = bytes(3_000);
        byte[] encrypted = encrypt(plain, publicKey);
        Random random = new Random(42);
        for (int round = 0; round < 900; round++) {
            byte[] changed = encrypted.clone();
            int position = round < 700 ? round : random.nextInt(changed.length);
            changed[position] ^= (byte) (1 << random.nextInt(8));
            try {
                // A packet's length may be written in more than one way, so equal bytes are no failure.
                assertThat(decrypt(changed, keys())).as("flipped at %d", position).isEqualTo(plain);
                assertThat(position).as("undetected flip").isLessThan(600);
            } catch (CryptoException e) {
                assertThat(e.code()).isIn("decryption-failed", "wrong-key");
            }
        }
    }

    @Test
    void a_message_cut_anywhere_is_never_reported_as_success() throws IOException {
        byte[] encrypted = encrypt(bytes(200_000), publicKey);
        for (int length : new int[] {0, 1, 10, 100, 500, 1000, 65_536, 131_072, encrypted.length - 30,
            encrypted.length - 22, encrypted.length - 20, encrypted.length - 1}) {
            fails("decryption-failed", () -> decrypt(Arrays.copyOf(encrypted, length), keys()));
        }
    }

    @Test
    void an_integrity_code_is_demanded_before_the_end_is_reported() throws IOException {
        byte[] encrypted = encrypt(bytes(100), publicKey);
        encrypted[encrypted.length - 1] ^= 1;
        InputStream decrypting = OpenPgp.decrypt(new ByteArrayInputStream(encrypted), keys());
        assertThat(decrypting.readNBytes(100)).isEqualTo(bytes(100));
        fails("decryption-failed", decrypting::read);
    }

    @Test
    void the_message_is_aes_256_with_integrity_code_and_no_compression() throws Exception {
        byte[] encrypted = encrypt(bytes(100), publicKey);
        BCPGInputStream packets = new BCPGInputStream(new ByteArrayInputStream(encrypted));
        assertThat(packets.nextPacketTag()).isEqualTo(PacketTags.PUBLIC_KEY_ENC_SESSION);
        PGPEncryptedDataList list = new PGPEncryptedDataList(encrypted);
        PGPEncryptedData data = list.get(0);
        assertThat(data.isIntegrityProtected()).isTrue();
        assertThat(data.isAEAD()).isFalse();
    }

    @Test
    void a_stream_is_encrypted_in_pieces_while_it_is_written() throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        OutputStream encrypting = OpenPgp.encrypt(stored, Recipients.read(List.of(publicKey), NOW));
        byte[] piece = bytes(1 << 20);
        for (int written = 1; written <= 8; written++) {
            encrypting.write(piece);
            assertThat(stored.size()).isGreaterThan(written * piece.length - (1 << 18));
        }
        encrypting.close();
    }

    @Test
    void a_key_pair_is_readable_by_its_owner_only_and_never_replaced() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secretKey))).isEqualTo("rw-------");
        assertThat(Files.readString(secretKey)).startsWith("-----BEGIN PGP PRIVATE KEY BLOCK-----");
        assertThat(Files.readString(publicKey)).startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----");
        byte[] before = Files.readAllBytes(secretKey);
        fails("key-exists", () -> KeyGenerator.generate("Again", new char[0], publicKey, secretKey, NOW));
        assertThat(secretKey).hasBinaryContent(before);
    }

    @Test
    void fingerprints_are_full_and_equal_on_both_halves() {
        assertThat(fingerprint).matches("[0-9A-F]{40}");
        assertThat(Recipients.read(List.of(publicKey), NOW).fingerprints()).containsExactly(fingerprint);
        assertThat(keys().fingerprints()).containsExactly(fingerprint);
    }

    @Test
    void a_wrong_passphrase_is_named_and_not_repeated() {
        assertThat(fails("wrong-passphrase", () -> SecretKeys.read(List.of(otherSecretKey), "guess".toCharArray()))
                .getMessage()).doesNotContain("guess").contains(otherSecretKey.toString());
    }

    @Test
    void what_is_no_recipient_is_refused_by_file() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "not a key");
        Path empty = Files.createFile(folder.resolve("empty"));
        for (Path file : List.of(text, empty, secretKey, folder.resolve("absent"))) {
            assertThat(fails("recipient-key-invalid", () -> Recipients.read(List.of(file), NOW)))
                    .hasMessageContaining(file.toString());
        }
        fails("recipient-key-invalid", () -> Recipients.read(List.of(), NOW));
    }

    @Test
    void keys_show_nothing_but_fingerprints() {
        assertThat(keys().toString()).isEqualTo("secret keys of [" + fingerprint + "]");
    }

    @Test
    void what_is_not_openpgp_fails_to_decrypt() {
        fails("decryption-failed", () -> decrypt(new byte[0], keys()));
        fails("decryption-failed", () -> decrypt(bytes(5_000), keys()));
        fails("decryption-failed", () -> decrypt("PGDMP".getBytes(java.nio.charset.StandardCharsets.US_ASCII), keys()));
    }

    private static SecretKeys keys() {
        return SecretKeys.read(List.of(secretKey), new char[0]);
    }

    private static SecretKeys otherKeys() {
        return SecretKeys.read(List.of(otherSecretKey), "pass phrase ü".toCharArray());
    }

    static byte[] encrypt(byte[] plain, Path... recipients) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        try (OutputStream encrypting = OpenPgp.encrypt(stored, Recipients.read(List.of(recipients), NOW))) {
            encrypting.write(plain);
        }
        return stored.toByteArray();
    }

    static byte[] decrypt(byte[] encrypted, SecretKeys keys) throws IOException {
        try (InputStream in = OpenPgp.decrypt(new ByteArrayInputStream(encrypted), keys)) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static CryptoException fails(String code, ThrowingCallable act) {
        CryptoException[] caught = new CryptoException[1];
        assertThatExceptionOfType(CryptoException.class).isThrownBy(act).satisfies(e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            caught[0] = e;
        });
        return caught[0];
    }
}
