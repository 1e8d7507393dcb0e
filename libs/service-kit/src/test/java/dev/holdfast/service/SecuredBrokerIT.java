package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Topics;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.testkit.KafkaServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A broker that is reached by TLS and a password only, with the settings that docs/configuration.md shows. */
class SecuredBrokerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"%s;";

    @TempDir
    Path folder;
    private KafkaServer broker;

    @Configuration(proxyBeanMethods = false)
    static class NothingOfItsOwn {
    }

    @BeforeEach
    void start() throws Exception {
        Path keys = folder.resolve("broker.p12");
        keytool("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=broker", "-ext", "san=dns:localhost", "-keystore", keys.toString());
        keytool("-exportcert", "-rfc", "-alias", "broker", "-keystore", keys.toString(), "-file", folder.resolve("kafka-ca.pem").toString());
        broker = KafkaServer.newBroker(Map.ofEntries(Map.entry("inter.broker.listener.name", "SASL_SSL"),
                Map.entry("listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"), Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry("listener.name.sasl_ssl.plain.sasl.jaas.config",
                        LOGIN.formatted("broker", "inner", " user_broker=\"inner\" user_holdfast=\"s3cret word\"")),
                Map.entry("ssl.keystore.type", "PKCS12"), Map.entry("ssl.keystore.location", keys.toString()),
                Map.entry("ssl.keystore.password", "changeit"), Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", folder.resolve("kafka-ca.pem").toString())));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void a_service_makes_topics_takes_requests_and_is_ready_over_tls_with_a_password() throws Exception {
        HoldfastConfig config = config("s3cret word");
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ConfigurableApplicationContext service = run(config)) {
            WorkQueue<BackupRequested> queue = service.getBean(WorkQueues.class).open(Topics.BACKUP_REQUESTS, "secured",
                    BackupRequested.class, 1, request -> () -> heard.add(request.data().database()));
            queue.start();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(readiness(service)).isEqualTo(200));
            Map<String, Object> client = new HashMap<>(new Secrets(config, ServiceRole.BACKUP, Map.of()).kafkaProperties());
            client.put("bootstrap.servers", broker.bootstrapServers());
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>(Topics.BACKUP_REQUESTS, "shop", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/test\",\"type\":\""
                        + EventType.BACKUP_REQUESTED.type() + "\",\"data\":{\"database\":\"shop\",\"requester\":\"test\"}}")).get();
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard).containsExactly("shop"));
        }
    }

    @Test
    void a_wrong_password_leaves_it_alive_and_not_ready() throws Exception {
        try (ConfigurableApplicationContext right = run(config("s3cret word"));
                ConfigurableApplicationContext wrong = run(config("another"))) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(readiness(right)).isEqualTo(200));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(health(wrong, "readiness").body()).contains("Authentication failed"));
            assertThat(readiness(wrong)).isEqualTo(503);
            assertThat(health(wrong, "liveness").statusCode()).isEqualTo(200);
            assertThat(readiness(right)).isEqualTo(200);
        }
    }

    private HoldfastConfig config(String password) throws IOException {
        Path login = Files.writeString(folder.resolve("kafka-login-" + password.length()), LOGIN.formatted("holdfast", password, "") + "\n");
        return TestConfigs.read(folder, """
                kafka:
                  bootstrap-servers: "%s"
                  properties:
                    security.protocol: SASL_SSL
                    sasl.mechanism: PLAIN
                    sasl.jaas.config: "file:%s"
                    ssl.truststore.type: PEM
                    ssl.truststore.location: %s
                repositories:
                  local: {path: repository}
                databases:
                  shop: {user: backup, encryption: none}
                """.formatted(broker.bootstrapServers(), login, folder.resolve("kafka-ca.pem")));
    }

    private static ConfigurableApplicationContext run(HoldfastConfig config) {
        return HoldfastService.run(NothingOfItsOwn.class, ServiceRole.BACKUP.service(), config, Map.of("server.port", 0));
    }

    private static int readiness(ConfigurableApplicationContext service) throws Exception {
        return health(service, "readiness").statusCode();
    }

    private static HttpResponse<String> health(ConfigurableApplicationContext service, String probe) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HoldfastService.port(service)
                    + "/actuator/health/" + probe)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", "changeit"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
