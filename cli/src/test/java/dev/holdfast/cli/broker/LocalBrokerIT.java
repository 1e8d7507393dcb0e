package dev.holdfast.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.JavaProcess;
import dev.holdfast.failure.HoldfastException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerIT {

    @TempDir
    Path folder;

    @Test
    void a_broker_keeps_its_topics_over_a_stop_and_a_start_and_leaves_no_process() throws Exception {
        int port = FreePorts.find();
        long pid;
        try (LocalBroker broker = LocalBroker.start(folder, port); Admin admin = admin(broker)) {
            pid = broker.pid();
            admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
        try (LocalBroker broker = LocalBroker.start(folder, port); Admin admin = admin(broker)) {
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("kept");
        }
    }

    @Test
    void a_broker_whose_parent_is_killed_ends_by_itself() {
        try (JavaProcess holder = JavaProcess.start(BrokerHolder.class, folder, Map.of(), folder.toString())) {
            await().atMost(Duration.ofSeconds(90)).until(() -> holder.out().matches("(?s).*broker \\d+\\n.*"));
            long pid = Long.parseLong(holder.out().replaceAll("(?s).*broker (\\d+)\\n.*", "$1"));
            assertThat(ProcessHandle.of(pid)).isPresent();

            holder.signal("KILL");

            await().atMost(Duration.ofSeconds(30)).until(() -> ProcessHandle.of(pid).isEmpty());
        }
    }

    @Test
    void a_taken_port_is_named_with_the_next_step() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(HoldfastException.class)
                    .isThrownBy(() -> LocalBroker.start(folder, taken.getLocalPort()))
                    .satisfies(failure -> {
                        assertThat(failure.code()).isEqualTo("broker-start-failed");
                        assertThat(failure).hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
                        assertThat(failure.nextStep()).contains("broker.log");
                    });
        }
    }

    private static Admin admin(LocalBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}
