package dev.holdfast.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.Probe;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.testkit.PostgresServer;

class TlsIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    static Path folder;

    private static PostgresServer server;
    private static Path certificate;
    private static Path otherCertificate;

    @BeforeAll
    static void startWithCertificate() throws IOException {
        assumeTrue(Probe.systemProgram("openssl").isPresent(), "openssl is not installed, which makes the test's certificates");
        certificate = selfSigned("server");
        otherCertificate = selfSigned("other");
        Path key = folder.resolve("server.key");
        server = PostgresServer.newCluster();
        for (Path file : List.of(certificate, key)) {
            Path copy = Files.copy(file, server.dataFolder().resolve(file.getFileName()));
            Files.setOwner(copy, Files.getOwner(server.dataFolder()));
        }
        server.database("postgres").exec("ALTER SYSTEM SET ssl = on");
        server.database("postgres").exec("SELECT pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "require", "verify-ca", "verify-full" })
    void a_server_with_the_certificate_we_trust_is_asked_and_dumped_over_tls(String mode) throws IOException {
        ConnectionSettings settings = settings(mode, Optional.of(certificate));
        try (SourceProbe probe = SourceProbe.connect(settings, "holdfast")) {
            assertThat(probe.describe().databaseName()).isEqualTo("postgres");
        }
        assertThat(dump(settings).succeeded()).isTrue();
    }

    @Test
    void a_server_with_another_certificate_is_not_entered() throws IOException {
        ConnectionSettings settings = settings("verify-full", Optional.of(otherCertificate));

        assertThatThrownBy(() -> SourceProbe.connect(settings, "holdfast")).isInstanceOfSatisfying(HoldfastException.class,
                e -> assertThat(e.code()).isEqualTo("source-unreachable"));
        assertThat(new PgDump(settings, "holdfast", Optional.empty(), TIMEOUT).failure(dump(settings)).code()).isEqualTo("source-unreachable");
    }

    private static ProgramResult dump(ConnectionSettings settings) throws IOException {
        try (RunningProgram program = new PgDump(settings, "holdfast", Optional.empty(), TIMEOUT)
                .start(PostgresTools.locate(List.of(server.programFolder())).choose(server.major()))) {
            program.stdout().readAllBytes();
            return program.await(TIMEOUT);
        }
    }

    private static ConnectionSettings settings(String mode, Optional<Path> rootCertificate) {
        return new ConnectionSettings("localhost", server.port(), "postgres", "postgres",
                Optional.of(new Password(PostgresServer.PASSWORD)), mode, rootCertificate, Optional.empty(), Optional.empty());
    }

    private static Path selfSigned(String name) {
        Path certificate = folder.resolve(name + ".crt");
        ProgramResult made = Probe.run(Probe.systemProgram("openssl").orElseThrow().toString(), List.of("req", "-x509", "-newkey",
                "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", folder.resolve(name + ".key").toString(), "-out", certificate.toString()), Enclosure.NONE, TIMEOUT).result();
        assertThat(made.succeeded()).as(made.messages()).isTrue();
        return certificate;
    }
}
