package dev.holdfast.service.messaging;

import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.kafka.core.DefaultShareConsumerFactory;

/** Opens queues for workers; a bean of every service. */
public final class WorkQueues {

    private final KafkaSettings settings;
    private final TopicSetup topics;
    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final List<WorkQueue<?>> opened = new CopyOnWriteArrayList<>();

    WorkQueues(KafkaSettings settings, TopicSetup topics, EventCodec codec, DeadLetters deadLetters) {
        this.settings = settings;
        this.topics = topics;
        this.codec = codec;
        this.deadLetters = deadLetters;
    }

    /**
     * A queue that is not polled before {@link WorkQueue#start()}; as a bean it starts and stops with the service.
     *
     * @param topic one of the request topics
     * @param group the share group, the same for all instances
     * @param type  the payload; any other is dead-lettered
     * @param slots jobs at once
     */
    public <P extends Payload> WorkQueue<P> open(String topic, String group, Class<P> type, int slots,
            WorkHandler<P> handler) {
        // record_limit with one record per poll: nothing is acquired that no slot waits for. A worker with full slots
        // polls no more until a job ends, so the interval lies above every deadline.
        DefaultShareConsumerFactory<byte[], byte[]> consumers = new DefaultShareConsumerFactory<>(
                settings.client(Map.of("share.acknowledgement.mode", "explicit", "share.acquire.mode", "record_limit",
                        "max.poll.records", 1, "max.poll.interval.ms", Integer.MAX_VALUE)),
                ByteArrayDeserializer::new, ByteArrayDeserializer::new);
        WorkQueue<P> queue = new WorkQueue<>(new WorkQueue.Source(topic, group, topics, consumers),
                new WorkQueue.Reading<>(type, codec, deadLetters), slots, handler);
        opened.add(queue);
        return queue;
    }

    /** All that were opened. */
    List<WorkQueue<?>> opened() {
        return List.copyOf(opened);
    }
}
