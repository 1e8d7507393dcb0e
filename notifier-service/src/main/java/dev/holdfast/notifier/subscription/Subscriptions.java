package dev.holdfast.notifier.subscription;

import dev.holdfast.events.EventType;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All subscribers of the configuration. */
public final class Subscriptions {

    private final Map<String, Subscription> byName = new LinkedHashMap<>();

    public Subscriptions(Collection<Subscription> subscriptions) {
        subscriptions.forEach(subscription -> byName.put(subscription.name(), subscription));
    }

    /**
     * Those of {@code holdfast.yml}.
     *
     * @throws dev.holdfast.failure.HoldfastException where a URL, a pattern or a secret is none; at start, not at the
     *         first delivery
     */
    public static Subscriptions of(HoldfastConfig config, Secrets secrets) {
        List<Subscription> all = config.subscriptions().values().stream().map(s -> Subscription.of(s, secrets)).toList();
        all.forEach(Subscription::check);
        return new Subscriptions(all);
    }

    /** Empty where it was removed from the configuration after the delivery was queued. */
    public Optional<Subscription> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** By name. */
    public Collection<Subscription> all() {
        return List.copyOf(byName.values());
    }

    /** Those whose patterns match. */
    public List<Subscription> wanting(EventType type) {
        return byName.values().stream().filter(subscription -> subscription.wants(type)).toList();
    }
}
