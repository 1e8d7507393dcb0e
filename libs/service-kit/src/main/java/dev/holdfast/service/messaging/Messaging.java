package dev.holdfast.service.messaging;

import dev.holdfast.events.EventCodec;
import dev.holdfast.service.ServiceIdentity;
import java.time.Clock;

/**
 * Everything that one process needs to talk through Kafka. Opening it never waits: what needs the broker waits for it on
 * its own thread, and {@link TopicSetup} says what is missing.
 */
public final class Messaging implements AutoCloseable {

    private final ServiceIdentity identity;
    private final TopicSetup topics;
    private final KafkaEventPublisher publisher;
    private final WorkQueues queues;
    private final LogFollowers followers;
    private final Pulse pulse;
    private final BrokerView broker;

    private Messaging(KafkaSettings settings, ServiceIdentity identity) {
        EventCodec codec = new EventCodec();
        this.identity = identity;
        this.topics = new TopicSetup(settings);
        this.publisher = new KafkaEventPublisher(settings, codec);
        DeadLetters deadLetters = new DeadLetters(publisher, identity);
        this.queues = new WorkQueues(settings, topics, codec, deadLetters);
        this.followers = new LogFollowers(settings, topics, codec, deadLetters);
        this.pulse = new Pulse(publisher, identity, System::nanoTime);
        this.broker = new BrokerView(settings);
    }

    public static Messaging open(KafkaSettings settings, ServiceIdentity identity) {
        return new Messaging(settings, identity);
    }

    public TopicSetup topics() {
        return topics;
    }

    public EventPublisher publisher() {
        return publisher;
    }

    public WorkQueues queues() {
        return queues;
    }

    public LogFollowers followers() {
        return followers;
    }

    public Pulse pulse() {
        return pulse;
    }

    /** The beats of the service itself; silent before they are started. */
    public ServiceBeats beats(Clock clock) {
        return new ServiceBeats(publisher, queues, followers, identity, clock);
    }

    public BrokerView broker() {
        return broker;
    }

    @Override
    public void close() {
        broker.close();
        topics.close();
        publisher.close();
    }
}
