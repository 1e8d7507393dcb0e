package dev.holdfast.repository.store;

import static dev.holdfast.repository.store.ObjectStoreContract.fails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A store with a certificate of a private authority, here a server that knows how to list nothing. */
class S3TrustIT {

    @TempDir
    static Path folder;
    private static HttpsServer server;
    private static Path certificate;

    @BeforeAll
    static void serve() throws Exception {
        Path keyStore = folder.resolve("store.p12");
        keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=private", "-ext",
                "san=ip:127.0.0.1", "-keystore", keyStore.toString());
        certificate = folder.resolve("ca.pem");
        keytool("-exportcert", "-rfc", "-alias", "server", "-keystore", keyStore.toString(), "-file",
                certificate.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void its_authority_is_trusted_where_the_configuration_names_it() {
        try (S3Store store = open(Optional.of(certificate))) {
            store.check(false);
        }
    }

    @Test
    void another_authority_is_not_trusted_and_the_next_step_says_what_to_set() {
        try (S3Store store = open(Optional.empty())) {
            assertThat(fails("store-untrusted", () -> store.check(false)).nextStep()).contains("ca-certificate");
        }
    }

    @Test
    void a_file_without_certificates_is_named() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no certificate");
        for (Path file : List.of(text, Files.createFile(folder.resolve("empty")), folder.resolve("absent"))) {
            assertThat(fails("ca-certificate-invalid", () -> open(Optional.of(file)).close()))
                    .hasMessageContaining(file.toString());
        }
    }

    private static S3Store open(Optional<Path> authority) {
        return S3Store.open(new S3Settings("bucket", "", Optional.of("us-east-1"),
                Optional.of(URI.create("https://127.0.0.1:" + server.getAddress().getPort())), true, authority,
                S3Settings.Checksums.WHEN_SUPPORTED, Optional.of(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("key", "secret"))), 5 << 20));
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", "changeit"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
