package dev.holdfast.service.messaging;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics with their settings, and refuses those that are there with others. Once they are there it goes on looking: a
 * broker that comes back without its data gets them again, and whoever reads them begins anew.
 */
public final class TopicSetup implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final int REQUEST_MILLIS = 10_000;
    private static final int ANSWER_MILLIS = 2_000;
    private static final int KNOWN_TRIES = 5;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private volatile CountDownLatch ready = new CountDownLatch(1);
    private volatile int generation;
    private volatile Map<String, Uuid> known = Map.of();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile HoldfastException refusal;
    private volatile String state = "not asked yet";
    private Thread waiting;
    private Admin asking;

    TopicSetup(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Makes the topics if a broker answers now.
     *
     * @return false where none did
     * @throws HoldfastException code {@code topic-contradicts}, permanent, naming every topic and setting
     */
    public boolean tryNow() {
        return attempt(ANSWER_MILLIS);
    }

    private boolean attempt(int millis) {
        if (ready.getCount() == 0) {
            return true;
        }
        try (Admin admin = admin(millis)) {
            ensure(admin);
            ready.countDown();
            state = "ready";
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            state = "waiting for " + settings.bootstrapServers() + ": " + cause(e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Goes on trying on a thread of its own, and on looking whether they are still the same. {@code refused} is told where the
     * topics contradict.
     */
    public synchronized void keepTrying(Consumer<HoldfastException> refused) {
        if (waiting == null) {
            waiting = Thread.ofPlatform().daemon().name("topic-setup").start(() -> keepUp(refused));
        }
    }

    /** Grows when the topics were lost: whoever reads them has no position any more. */
    int generation() {
        return generation;
    }

    /** Waits until the topics are there. */
    public void awaitReady() throws InterruptedException {
        ready.await();
    }

    /** @return false where {@code atMost} passed before */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return ready.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean isReady() {
        return ready.getCount() == 0;
    }

    /** Whether the topics are there and a broker answers now, within two seconds. */
    public boolean answers() {
        if (!isReady()) {
            return false;
        }
        try {
            asking().describeCluster().nodes().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            state = "ready";
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            state = settings.bootstrapServers() + " does not answer: " + cause(e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** For a person: what is being waited for. */
    public String state() {
        return refusal == null ? state : refusal.getMessage();
    }

    private Admin admin(int millis) {
        return Admin.create(settings.client(Map.of("request.timeout.ms", millis / 2, "default.api.timeout.ms", millis)));
    }

    /** Kafka's own default is {@code latest}: a request written before the first worker came would be passed over. */
    void readFromEarliest(String shareGroup) throws InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = admin(REQUEST_MILLIS)) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, shareGroup),
                    List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"),
                            AlterConfigOp.OpType.SET)))).all().get(REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (waiting != null) {
            waiting.interrupt();
        }
        if (asking != null) {
            asking.close(Duration.ZERO);
        }
    }

    private synchronized Admin asking() {
        if (asking == null) {
            asking = admin(ANSWER_MILLIS);
        }
        return asking;
    }

    private void keepUp(Consumer<HoldfastException> refused) {
        try {
            boolean there = isReady();
            while (there || waitForBroker()) {
                if (closed.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                there = !areLost();
                if (!there) {
                    LOG.warn("Topics at {} are gone or not those that were there. What is missing is made again",
                            settings.bootstrapServers());
                    ready = new CountDownLatch(1);
                }
            }
        } catch (HoldfastException e) {
            refusal = e;
            LOG.error("{}; {}", e.getMessage(), e.nextStep());
            refused.accept(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false where this was closed before */
    private boolean waitForBroker() throws InterruptedException {
        for (int failures = 1; !attempt(REQUEST_MILLIS); failures++) {
            if (Integer.bitCount(failures) == 1) {
                LOG.warn("The topics can't be set up yet, {}", state);
            }
            if (closed.await(Math.min(5_000, Backoff.after(failures).toMillis()), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        LOG.info("The topics at {} are ready", settings.bootstrapServers());
        return true;
    }

    /** By their ids: another service may have made them again already. A broker that does not answer has lost nothing yet. */
    private boolean areLost() throws InterruptedException {
        try {
            return !ids(asking().describeTopics(known.keySet()).allTopicNames().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS)).equals(known);
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnknownTopicOrPartitionException;
        } catch (TimeoutException | KafkaException e) {
            return false;
        }
    }

    private static Map<String, Uuid> ids(Map<String, TopicDescription> described) {
        return described.values().stream().collect(Collectors.toMap(TopicDescription::name, TopicDescription::topicId));
    }

    private void ensure(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicShape> shapes = TopicShape.all(settings);
        List<String> there = List.copyOf(admin.listTopics().names().get(REQUEST_MILLIS, TimeUnit.MILLISECONDS));
        create(admin, shapes.stream().filter(shape -> !there.contains(shape.name())).toList());
        checkOnceKnown(admin, shapes);
    }

    /** A topic made a moment ago is not known to every broker yet. */
    private void checkOnceKnown(Admin admin, List<TopicShape> shapes)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int failures = 1;; failures++) {
            try {
                check(admin, shapes);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || failures == KNOWN_TRIES
                        || closed.await(Backoff.after(failures).toMillis(), TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private static void create(Admin admin, List<TopicShape> missing)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (KafkaFuture<Void> created : admin.createTopics(missing.stream().map(TopicShape::newTopic).toList())
                .values().values()) {
            try {
                created.get(REQUEST_MILLIS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                // Another service was quicker; its settings are checked next.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private void check(Admin admin, List<TopicShape> shapes)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, TopicDescription> described = admin.describeTopics(shapes.stream().map(TopicShape::name).toList())
                .allTopicNames().get(REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        Map<ConfigResource, Config> configs = admin.describeConfigs(shapes.stream().map(TopicShape::resource).toList())
                .all().get(REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        Map<String, Uuid> found = ids(described);
        if (!known.isEmpty() && !known.equals(found)) {
            generation++;
        }
        known = found;
        List<String> contradictions = new ArrayList<>();
        for (TopicShape shape : shapes) {
            contradictions.addAll(shape.contradictions(described.get(shape.name()), configs.get(shape.resource())));
        }
        if (!contradictions.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "topic-contradicts", "checking the topics at "
                    + settings.bootstrapServers() + " found settings that lose or mix up records: "
                    + contradictions.stream().collect(Collectors.joining("; ")),
                    "change the settings with kafka-configs.sh --alter, or delete topics that aren't Holdfast's own");
        }
    }

    private static String cause(Exception e) {
        Throwable at = Optional.ofNullable(e.getCause()).orElse(e);
        return at.getClass().getSimpleName() + (at.getMessage() == null ? "" : " (" + at.getMessage() + ")");
    }
}
