package dev.holdfast.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways between this library and the gpg that is installed. */
class StockGpgIT {

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        // The agent's socket lies in it, and a socket's path is short: not the long name of a test folder.
        home = Files.createTempDirectory(Path.of("/tmp"), "hf-gpg-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assumeThat(Path.of("/usr/bin/gpg")).as("gpg is installed").isExecutable();
    }

    @AfterEach
    void removeHome() throws Exception {
        run("gpgconf", "--homedir", home.toString(), "--kill", "all");
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pass phrase"})
    void gpg_decrypts_with_a_key_made_here(String passphrase) throws Exception {
        Path publicKey = home.resolve("key.pub.asc");
        Path secretKey = home.resolve("key.sec.asc");
        KeyGenerator.generate("Test <test@example.org>", passphrase.toCharArray(), publicKey, secretKey,
                Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-1)));
        byte[] plain = bytes(300_000);
        Path encrypted = Files.write(home.resolve("data.gpg"), OpenPgpTest.encrypt(plain, publicKey));

        gpg("--passphrase", passphrase, "--import", secretKey.toString());
        Path decrypted = home.resolve("data");
        String said = gpg("--passphrase", passphrase, "--output", decrypted.toString(), "--decrypt",
                encrypted.toString());

        assertThat(decrypted).hasBinaryContent(plain);
        assertThat(said).doesNotContain("WARNING");
        assertThat(gpg("--list-packets", "--passphrase", passphrase, encrypted.toString()))
                .contains("mdc_method: 2").doesNotContain("compressed packet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa3072", "cv25519"})
    void what_gpg_encrypted_with_its_own_key_is_decrypted_here(String algorithm) throws Exception {
        gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>",
                algorithm.equals("cv25519") ? "ed25519" : algorithm, "cert", "never");
        String fingerprint = fingerprint();
        gpg("--passphrase", "", "--quick-add-key", fingerprint, algorithm, "encr", "never");
        Path publicKey = export("--export", "key.pub");
        Path secretKey = export("--export-secret-keys", "key.sec");
        SecretKeys keys = SecretKeys.read(List.of(secretKey), new char[0]);
        byte[] plain = bytes(300_000);

        Path file = Files.write(home.resolve("plain"), plain);
        Path theirs = home.resolve("theirs.gpg");
        gpg("--trust-model", "always", "--recipient", fingerprint, "--output", theirs.toString(), "--encrypt",
                file.toString());

        assertThat(OpenPgpTest.decrypt(Files.readAllBytes(theirs), keys)).isEqualTo(plain);
        assertThat(Recipients.read(List.of(publicKey)).fingerprints()).containsExactly(fingerprint);
        assertThat(OpenPgpTest.decrypt(OpenPgpTest.encrypt(plain, publicKey), keys)).isEqualTo(plain);
    }

    @Test
    void an_expired_or_revoked_key_or_one_that_only_signs_is_refused() throws Exception {
        gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>", "rsa2048", "cert,sign", "2y");
        String fingerprint = fingerprint();
        Path signing = export("--export", "signing.pub");
        assertThat(OpenPgpTest.fails("recipient-key-invalid", () -> Recipients.read(List.of(signing))))
                .hasMessageContaining("may encrypt");

        gpg("--passphrase", "", "--quick-add-key", fingerprint, "rsa2048", "encr", "1y");
        Path good = export("--export", "good.pub");
        assertThat(Recipients.read(List.of(good)).fingerprints()).containsExactly(fingerprint);
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(500));
        assertThat(OpenPgpTest.fails("recipient-key-invalid", () -> Recipients.read(List.of(good), later)))
                .hasMessageContaining("its encryption key expired");
        Clock muchLater = Clock.offset(Clock.systemUTC(), Duration.ofDays(900));
        assertThat(OpenPgpTest.fails("recipient-key-invalid", () -> Recipients.read(List.of(good), muchLater)))
                .hasMessageContaining("expired");

        Path certificate = home.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
        Files.writeString(certificate, Files.readString(certificate).replace(":-----BEGIN", "-----BEGIN"));
        gpg("--import", certificate.toString());
        Path revoked = export("--export", "revoked.pub");
        assertThat(OpenPgpTest.fails("recipient-key-invalid", () -> Recipients.read(List.of(revoked))))
                .hasMessageContaining("revoked");
    }

    private Path export(String how, String name) throws Exception {
        Path file = home.resolve(name);
        gpg("--passphrase", "", "--output", file.toString(), how);
        return file;
    }

    private String fingerprint() throws Exception {
        return gpg("--with-colons", "--list-keys").lines().filter(line -> line.startsWith("fpr:")).findFirst()
                .orElseThrow().split(":")[9];
    }

    private String gpg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("gpg", "--homedir", home.toString(), "--batch", "--yes",
                "--no-tty", "--pinentry-mode", "loopback"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        Path output = home.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as("%s: %s", List.of(command), said).isZero();
        return said;
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
