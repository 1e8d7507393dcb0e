package dev.holdfast.service.messaging;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** A wait for a follower to be where the log ended when it began. The ends are the reading thread's. */
final class Mark {

    private final CountDownLatch reached = new CountDownLatch(1);
    private Map<TopicPartition, Long> ends;

    boolean await(Duration atMost) throws InterruptedException {
        return reached.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean hasEnds() {
        return ends != null;
    }

    void ends(Map<TopicPartition, Long> found) {
        ends = found;
    }

    Map<TopicPartition, Long> ends() {
        return ends;
    }

    void reached() {
        reached.countDown();
    }
}
