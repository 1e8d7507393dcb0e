package dev.holdfast.testkit;

/** A real Kafka broker (KRaft, share groups) inside the test's process. */
public final class KafkaServer implements AutoCloseable {

    private KafkaServer() {
    }

    /** The one broker of this JVM, started on first use; tests that share it use groups and keys of their own. */
    public static KafkaServer shared() {
        throw new UnsupportedOperationException();
    }

    /** A broker of one's own with nothing in it; close it. */
    public static KafkaServer newBroker() {
        throw new UnsupportedOperationException();
    }

    /** A broker that has an address but is not there until {@link #start()}. */
    public static KafkaServer absent() {
        throw new UnsupportedOperationException();
    }

    public String bootstrapServers() {
        throw new UnsupportedOperationException();
    }

    /** Starts it, or starts it again on the same port with the same data. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Stops it and keeps its data. */
    public void stop() {
        throw new UnsupportedOperationException();
    }

    /** Deletes every topic and waits until they are gone. */
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
