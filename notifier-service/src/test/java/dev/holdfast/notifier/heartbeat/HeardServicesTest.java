package dev.holdfast.notifier.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.Event;
import dev.holdfast.events.ServiceAlive;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeardServicesTest {

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final HeardServices heard = new HeardServices(Duration.ofSeconds(30), time::get);

    private void beat(String service) {
        heard.hear(Event.of("/holdfast/" + service, Instant.EPOCH, new ServiceAlive(null, service, service + "-1", "0.1.0", null, null, null, null, null)));
    }

    @Test
    void a_service_is_silent_until_it_is_heard_and_again_once_its_last_beat_is_too_old() {
        assertThat(heard.silent(Set.of("b", "a"))).containsExactly("a", "b");
        beat("a");
        beat("b");
        time.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(heard.silent(Set.of("a", "b"))).isEmpty();
        beat("b");
        time.addAndGet(1);
        assertThat(heard.silent(Set.of("a", "b"))).containsExactly("a");
    }
}
