package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaServerIT {

    @Test
    void a_share_group_reads_what_was_written_before_a_restart() throws Exception {
        try (KafkaServer broker = KafkaServer.newBroker()) {
            Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(client);
                    KafkaProducer<String, String> producer =
                            new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
                admin.createTopics(List.of(new NewTopic("work", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
                admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, "workers"),
                        List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"),
                                AlterConfigOp.OpType.SET)))).all().get(30, TimeUnit.SECONDS);
                producer.send(new ProducerRecord<>("work", "key", "value")).get(30, TimeUnit.SECONDS);
            }
            broker.stop();
            broker.start();
            try (KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "workers"),
                    new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("work"));
                assertThat(firstOf(consumer).value()).isEqualTo("value");
            }
            broker.reset();
            try (Admin admin = Admin.create(client)) {
                assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).doesNotContain("work");
            }
        }
    }

    private static ConsumerRecord<String, String> firstOf(KafkaShareConsumer<String, String> consumer) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            for (ConsumerRecord<String, String> read : consumer.poll(Duration.ofSeconds(1))) {
                return read;
            }
        }
        throw new AssertionError("nothing arrived within a minute");
    }
}
