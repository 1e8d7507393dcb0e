package dev.holdfast.service.messaging;

import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;

/** Reads a topic as a log, in order. As a bean it starts and stops with the service; it survives a broker's absence. */
public final class LogFollower implements SmartLifecycle, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
    private static final Duration STEP = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final String topic;
    private final Start from;
    private final Function<Map<TopicPartition, Long>, LogReading> readings;
    private final TopicSetup topics;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    /** What is read next, so that a reader without a group goes on there when it has to connect anew. */
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final Set<Mark> marks = ConcurrentHashMap.newKeySet();
    private volatile OptionalLong lag = OptionalLong.empty();
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile Optional<String> trouble = Optional.empty();
    private volatile LogReading reading;
    private volatile Thread thread;
    private volatile int generation;

    /**
     * Where it begins: with a group where that stopped, else with the first record that is no older than {@code since},
     * else at the earliest record or after the latest.
     */
    record Start(Optional<String> group, boolean earliest, Optional<Supplier<Duration>> since) {
    }

    LogFollower(String topic, Start from, Function<Map<TopicPartition, Long>, LogReading> readings, TopicSetup topics) {
        this.topic = topic;
        this.from = from;
        this.readings = readings;
        this.topics = topics;
    }

    /**
     * Waits until every record that was there when this follower started has been handled.
     *
     * @return false where {@code atMost} passed before
     */
    public boolean awaitCaughtUp(Duration atMost) {
        try {
            return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Waits until everything that was appended before this call has been handled. Asks the broker where the log ends now,
     * so without a broker the answer is false.
     *
     * @return false where {@code atMost} passed before, or where this follower does not run
     */
    public boolean awaitCurrent(Duration atMost) {
        if (!isRunning()) {
            return false;
        }
        Mark mark = new Mark();
        marks.add(mark);
        try {
            return mark.await(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            marks.remove(mark);
        }
    }

    /** How many records of its partitions it has not handled, as of its last answer; empty where that isn't known. */
    public OptionalLong lag() {
        return lag;
    }

    /** Why it hears nothing, without anybody's data; empty while it reads. */
    Optional<String> trouble() {
        return trouble;
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            stopping = new CountDownLatch(1);
            Map<String, String> context = MDC.getCopyOfContextMap();
            thread = Thread.ofPlatform().daemon().name("log-" + topic + from.group().map(name -> "-" + name).orElse(""))
                    .start(() -> {
                        if (context != null) {
                            MDC.setContextMap(context);
                        }
                        readUntilStopped();
                    });
        }
    }

    /** Stops after the record that is being handled; what was handled is committed. */
    @Override
    public synchronized void stop() {
        if (thread == null) {
            return;
        }
        stopping.countDown();
        Optional.ofNullable(reading).ifPresent(LogReading::wakeup);
        try {
            if (Thread.currentThread() != thread && !thread.join(STOP)) {
                LOG.warn("The follower of {} is still busy with a record, it is interrupted", topic);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public void close() {
        stop();
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void readUntilStopped() {
        for (int failures = 0; !stopped();) {
            try {
                if (!topics.awaitReady(STEP)) {
                    continue;
                }
                int latest = topics.generation();
                if (latest != generation) {
                    // The log that was read is gone; all that is in the new one came since.
                    next.replaceAll((partition, position) -> 0L);
                    generation = latest;
                }
                try (LogReading current = readings.apply(next)) {
                    reading = current;
                    current.open();
                    while (!stopped() && topics.generation() == generation) {
                        current.step(STEP, stopping);
                        failures = 0;
                        trouble = Optional.empty();
                        if (current.caughtUp()) {
                            caughtUp.countDown();
                        }
                        current.answer(marks, stopping);
                        lag = current.lag();
                    }
                }
            } catch (WakeupException e) {
                LOG.debug("Stopped reading {}", topic);
            } catch (InterruptException | InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (KafkaException | IllegalStateException | HoldfastException e) {
                cannotRead(e);
                LOG.warn("Reading {} failed and is tried again: {}", topic, e.toString());
                pause(Backoff.after(++failures));
            } catch (RuntimeException | Error e) {
                // A follower that ended would leave a service that looks well and hears nothing.
                cannotRead(e);
                LOG.error("Reading {} failed in a way that was not foreseen; it is tried again", topic, e);
                pause(Backoff.after(++failures));
            }
        }
    }

    private void cannotRead(Throwable e) {
        lag = OptionalLong.empty();
        trouble = Optional.of("reading " + topic + " fails: " + e.getClass().getSimpleName());
    }

    private void pause(Duration wait) {
        try {
            if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Stopped while waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
