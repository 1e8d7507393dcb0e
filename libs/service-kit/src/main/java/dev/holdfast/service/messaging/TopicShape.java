package dev.holdfast.service.messaging;

import dev.holdfast.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/** The settings that one topic needs (docs/events/asyncapi.yaml). {@code kept} is null for a compacted one. */
record TopicShape(String name, Duration kept, int replicas, int inSync) {

    private static final int PARTITIONS = 3;
    /**
     * A share group spreads partitions over its members, and a partition may get only one: a worker with full slots
     * would hold back what lies in its partitions. With one partition every worker is given all of it.
     */
    private static final Set<String> QUEUES = Set.of(Topics.BACKUP_REQUESTS, Topics.VERIFICATION_REQUESTS);

    static List<TopicShape> all(KafkaSettings settings) {
        List<TopicShape> shapes = new ArrayList<>();
        Map<String, Duration> live = new TreeMap<>(Map.of(Topics.BACKUP_REQUESTS, Duration.ofDays(7),
                Topics.VERIFICATION_REQUESTS, Duration.ofDays(7), Topics.DELIVERIES, Duration.ofDays(7),
                Topics.EVENTS, Duration.ofDays(90), Topics.PROGRESS, Duration.ofHours(1)));
        live.forEach((name, kept) -> shapes.add(of(name, kept, settings)));
        shapes.add(of(Topics.CATALOG, null, settings));
        for (String name : List.of(Topics.BACKUP_REQUESTS, Topics.VERIFICATION_REQUESTS, Topics.DELIVERIES, Topics.EVENTS)) {
            shapes.add(of(name + Topics.DEAD_SUFFIX, Duration.ofDays(90), settings));
        }
        return shapes;
    }

    private static TopicShape of(String name, Duration kept, KafkaSettings settings) {
        return new TopicShape(name, kept, settings.replicationFactor(), settings.minInSyncReplicas());
    }

    ConfigResource resource() {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    NewTopic newTopic() {
        Map<String, String> configs = new TreeMap<>(Map.of("cleanup.policy", policy(),
                "min.insync.replicas", Integer.toString(inSync), "message.timestamp.type", "LogAppendTime"));
        if (kept != null) {
            configs.put("retention.ms", Long.toString(kept.toMillis()));
        }
        return new NewTopic(name, QUEUES.contains(name) ? 1 : PARTITIONS, (short) replicas).configs(configs);
    }

    /** What would lose records early or mix them up. More replicas and longer retention than asked contradict nothing. */
    List<String> contradictions(TopicDescription description, Config config) {
        List<String> found = new ArrayList<>();
        differs(found, config, "cleanup.policy", policy());
        differs(found, config, "message.timestamp.type", "LogAppendTime");
        long retention = number(config, "retention.ms");
        if (kept != null && retention >= 0 && retention < kept.toMillis()) {
            found.add(name + " has retention.ms=" + retention + ", needs at least " + kept.toMillis());
        }
        if (number(config, "min.insync.replicas") < inSync) {
            found.add(name + " has min.insync.replicas=" + number(config, "min.insync.replicas") + ", needs at least " + inSync);
        }
        if (QUEUES.contains(name) && description.partitions().size() > 1) {
            found.add(name + " has " + description.partitions().size()
                    + " partitions, needs 1: a busy worker holds back what lies in its own");
        }
        int actual = description.partitions().stream().mapToInt(partition -> partition.replicas().size()).min().orElse(0);
        if (actual < replicas) {
            found.add(name + " has " + actual + " replicas, needs at least " + replicas);
        }
        return found;
    }

    private String policy() {
        return kept == null ? "compact" : "delete";
    }

    private void differs(List<String> found, Config config, String setting, String wanted) {
        String actual = config.get(setting).value();
        if (!Objects.equals(actual, wanted)) {
            found.add(name + " has " + setting + "=" + actual + ", needs " + wanted);
        }
    }

    private static long number(Config config, String setting) {
        return Long.parseLong(config.get(setting).value());
    }
}
