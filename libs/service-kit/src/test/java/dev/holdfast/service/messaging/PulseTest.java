package dev.holdfast.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.Event;
import dev.holdfast.events.RunProgressed;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final List<String> told = new ArrayList<>();
    private final Pulse pulse = new Pulse(new EventPublisher() {
        @Override
        public void publish(String topic, Event<?> event) {
            throw new AssertionError("a beat is never waited for");
        }

        @Override
        public void publishUnconfirmed(String topic, Event<?> event) {
            assertThat(topic).isEqualTo(Topics.PROGRESS);
            RunProgressed data = (RunProgressed) event.data();
            told.add(data.runId().charAt(0) + " " + data.phase() + " " + data.bytes());
        }
    }, ServiceIdentity.newInstance("backup-worker", Clock.systemUTC()), nanos::get);

    @Test
    void beats_of_one_phase_are_throttled_and_a_new_phase_or_run_is_told_at_once() {
        beat("a", "dump", 1);
        beat("a", "dump", 2);
        beat("b", "dump", 3);
        beat("a", "confirm", 4);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(499));
        beat("a", "confirm", 5);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        beat("a", "confirm", 6);
        assertThat(told).containsExactly("a dump 1", "b dump 3", "a confirm 4", "a confirm 6");
    }

    private void beat(String run, String phase, long bytes) {
        pulse.beat(new RunProgressed("shop", run, "backup", 1, phase, bytes, null, 1.0), "correlation");
    }
}
