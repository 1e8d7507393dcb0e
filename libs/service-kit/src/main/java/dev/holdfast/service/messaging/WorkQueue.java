package dev.holdfast.service.messaging;

import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.Payload;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ShareConsumerFactory;

/**
 * A share group's consumer with slots: it polls only while a slot is free, claims, acknowledges at once and runs the job
 * on the slot's thread. No job holds a lock of Kafka. A claim that fails retriably is tried again for half the record's lock.
 * One that still throws is redelivered, and dead-lettered at its fourth delivery, since the broker archives silently
 * after the fifth.
 */
public final class WorkQueue<P extends Payload> implements SmartLifecycle, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);
    private static final int LAST_DELIVERY = 4;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(30);
    /** The broker's default for {@code group.share.record.lock.duration.ms}, until it has told its own. */
    private static final int DEFAULT_LOCK_MS = 30_000;

    private final Source source;
    private final Reading<P> reading;
    private final int slots;
    private final WorkHandler<P> handler;
    private final Semaphore free;
    private final Set<Thread> jobs = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile Thread poller;

    /** Where records come from. */
    record Source(String topic, String group, TopicSetup topics, ShareConsumerFactory<byte[], byte[]> consumers) {
    }

    /** How records become requests. */
    record Reading<P extends Payload>(Class<P> type, EventCodec codec, DeadLetters deadLetters) {
    }

    WorkQueue(Source source, Reading<P> reading, int slots, WorkHandler<P> handler) {
        if (slots < 1) {
            throw new IllegalArgumentException("a queue needs at least one slot, not " + slots);
        }
        this.source = source;
        this.reading = reading;
        this.slots = slots;
        this.handler = handler;
        this.free = new Semaphore(slots);
    }

    /** Jobs at once. */
    public int slots() {
        return slots;
    }

    /** Jobs that run now. */
    public int running() {
        return jobs.size(); // a slot that waits for a request is free, though its permit is taken
    }

    @Override
    public synchronized void start() {
        if (poller == null) {
            stopping = new CountDownLatch(1);
            Map<String, String> context = MDC.getCopyOfContextMap();
            poller = Thread.ofPlatform().daemon().name("queue-" + source.topic()).start(() -> {
                if (context != null) {
                    MDC.setContextMap(context);
                }
                pollUntilStopped();
            });
        }
    }

    /** Stops polling, has the handler end the jobs and waits half a minute for them. */
    @Override
    public synchronized void stop() {
        if (poller == null) {
            return;
        }
        // No wakeup: it could break off the acknowledgement of a claimed request, which would then never be done.
        stopping.countDown();
        boolean busy = !join(poller, STOP);
        handler.stop(List.copyOf(jobs));
        long end = System.nanoTime() + STOP.toNanos();
        for (Thread job : List.copyOf(jobs)) {
            if (!join(job, Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime())))) {
                LOG.warn("A job of {} still runs {} s after it was told to end", source.topic(), STOP.toSeconds());
                job.interrupt();
            }
        }
        poller = null;
        if (busy) {
            LOG.warn("The queue {} is still busy with a claim", source.topic());
        }
    }

    @Override
    public boolean isRunning() {
        return poller != null;
    }

    @Override
    public void close() {
        stop();
    }

    private static boolean join(Thread thread, Duration atMost) {
        try {
            return thread.join(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void pollUntilStopped() {
        for (int failures = 0; !stopped();) {
            try {
                if (!source.topics().awaitReady(POLL)) {
                    continue;
                }
                int generation = source.topics().generation();
                source.topics().readFromEarliest(source.group());
                try (ShareConsumer<byte[], byte[]> consumer = source.consumers().createShareConsumer(source.group(), "")) {
                    consumer.subscribe(List.of(source.topic()));
                    failures = 0;
                    serve(consumer, generation);
                }
            } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
                LOG.warn("Reading {} failed and is tried again: {}", source.topic(), e.toString());
                pause(Backoff.after(++failures));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // A queue without its poller would look healthy and do nothing.
                LOG.error("Reading {} failed unforeseen and is tried again", source.topic(), e);
                pause(Backoff.after(++failures));
            }
        }
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

    /** Until it is stopped, or the topic is another one: what the group had set is lost with it. */
    private void serve(ShareConsumer<byte[], byte[]> consumer, int generation) throws InterruptedException {
        while (!stopped() && source.topics().generation() == generation) {
            if (!free.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                continue;
            }
            boolean taken = false;
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    taken = take(consumer, record);
                }
            } finally {
                if (!taken) {
                    free.release();
                }
            }
        }
    }

    /** @return whether the slot is in use now */
    private boolean take(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
        Event<P> request;
        try {
            request = request(record);
        } catch (HoldfastException e) {
            bury(consumer, record, e);
            return false;
        }
        try {
            Runnable job = claim(consumer, request);
            return acknowledged(consumer, record, AcknowledgeType.ACCEPT) && run(request, job);
        } catch (RuntimeException | Error e) {
            HoldfastException failure = e instanceof HoldfastException known ? known : bug(record, e);
            if (record.deliveryCount().orElse((short) 1) >= LAST_DELIVERY) {
                bury(consumer, record, failure);
            } else {
                LOG.warn("Claiming {} failed, it is given back (delivery {}): {}", where(record),
                        record.deliveryCount().orElse((short) 1), failure.getMessage());
                pause(Backoff.after(record.deliveryCount().orElse((short) 1)));
                acknowledged(consumer, record, AcknowledgeType.RELEASE);
            }
        }
        return false;
    }

    /** Half the lock leaves the other half to a last claim that hangs and to the acknowledgement. */
    private Runnable claim(ShareConsumer<byte[], byte[]> consumer, Event<P> request) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MS) / 2);
        for (int failures = 1;; failures++) {
            try {
                Runnable[] job = new Runnable[1];
                Records.correlated(request, () -> job[0] = handler.claim(request));
                return job[0];
            } catch (HoldfastException e) {
                Duration wait = Backoff.after(failures);
                if (e.kind() != FailureKind.RETRIABLE || stopped() || System.nanoTime() + wait.toNanos() >= end) {
                    throw e;
                }
                LOG.info("Claiming {} is tried again in {} ms: {}", request.id(), wait.toMillis(), e.getMessage());
                pause(wait);
            }
        }
    }

    private Event<P> request(ConsumerRecord<byte[], byte[]> record) {
        Event<? extends Payload> event = Records.decode(reading.codec(), record);
        if (!reading.type().isInstance(event.data())) {
            throw new HoldfastException(FailureKind.PERMANENT, "event-unexpected", "reading a request found "
                    + event.type().shortName() + ", which does not belong on " + record.topic(),
                    "publish it again on " + event.type().topic());
        }
        @SuppressWarnings("unchecked")
        Event<P> request = (Event<P>) event;
        return request;
    }

    private void bury(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record,
            HoldfastException reason) {
        try {
            reading.deadLetters().put(record, source.group(), reason.code(), reason.getMessage(), reason.nextStep());
            LOG.warn("Put {} aside: {}", where(record), reason.getMessage());
            acknowledged(consumer, record, AcknowledgeType.ACCEPT);
        } catch (HoldfastException e) {
            LOG.error("Putting {} aside failed, it is given back: {}", where(record), e.getMessage());
            acknowledged(consumer, record, AcknowledgeType.RELEASE);
        }
    }

    /** Only a confirmed acknowledgement starts a job: without it the record comes again, and the job would run twice. */
    private boolean acknowledged(ShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record,
            AcknowledgeType type) {
        consumer.acknowledge(record, type);
        for (Optional<KafkaException> failure : consumer.commitSync().values()) {
            if (failure.isPresent()) {
                LOG.warn("Acknowledging {} was not confirmed, it will come again: {}", where(record), failure.get().toString());
                return false;
            }
        }
        return true;
    }

    private boolean run(Event<P> request, Runnable job) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        Thread.Builder thread = Thread.ofPlatform().name("slot-" + source.topic() + "-", running());
        Thread slot = thread.unstarted(() -> {
            try {
                if (context != null) {
                    MDC.setContextMap(context);
                }
                Records.correlated(request, job);
            } catch (RuntimeException | Error e) {
                LOG.error("A job of {} ended with an exception that it should have reported itself", source.topic(), e);
            } finally {
                jobs.remove(Thread.currentThread());
                free.release();
            }
        });
        jobs.add(slot);
        slot.start();
        return true;
    }

    /** The text of what nobody expected may hold anything, so it goes to this service's log only. */
    private static HoldfastException bug(ConsumerRecord<byte[], byte[]> record, Throwable e) {
        LOG.error("Claiming {} failed unforeseen", where(record), e);
        return new HoldfastException(FailureKind.BUG, "claim-failed", "claiming a request failed: "
                + e.getClass().getSimpleName(), "report this with the service's log", e);
    }

    private static String where(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
