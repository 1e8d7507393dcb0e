package dev.holdfast.service;

import dev.holdfast.service.config.HoldfastConfig;
import java.util.EnumSet;
import java.util.Set;

/** Who may see what (docs/architecture.md, split credentials). One program runs in one role, the cli in the role it needs. */
public enum ServiceRole {

    SCHEDULER("scheduler-service", true, false, false, false),
    BACKUP("backup-worker", true, true, false, false),
    VERIFIER("verifier-service", true, false, true, false),
    RETENTION("retention-service", true, false, false, false),
    NOTIFIER("notifier-service", false, false, false, true);

    private final String service;
    private final boolean repositories;
    private final boolean sources;
    private final boolean privateKeys;
    private final boolean subscriptions;

    ServiceRole(String service, boolean repositories, boolean sources, boolean privateKeys, boolean subscriptions) {
        this.service = service;
        this.repositories = repositories;
        this.sources = sources;
        this.privateKeys = privateKeys;
        this.subscriptions = subscriptions;
    }

    /**
     * The services that must live for this configuration to hold what it promises: always scheduler and worker, the others
     * where the configuration gives them anything to do.
     */
    public static Set<ServiceRole> expected(HoldfastConfig config) {
        Set<ServiceRole> expected = EnumSet.of(SCHEDULER, BACKUP);
        if (config.databases().values().stream().anyMatch(database -> !database.verify().every().equals("never"))) {
            expected.add(VERIFIER);
        }
        if (config.retention().enabled()) {
            expected.add(RETENTION);
        }
        if (!config.subscriptions().isEmpty() || config.heartbeat().isOn()) {
            expected.add(NOTIFIER);
        }
        return expected;
    }

    /** The role of a module by its name, such as {@code backup-worker}. */
    public static ServiceRole of(String service) {
        for (ServiceRole role : values()) {
            if (role.service.equals(service)) {
                return role;
            }
        }
        throw new IllegalArgumentException("no service is called '" + service + "'");
    }

    /** The module's name, which is also the name of its properties file and of its event source. */
    public String service() {
        return service;
    }

    /** Whether it opens repositories at all. */
    public boolean seesRepositories() {
        return repositories;
    }

    /** Whether it connects to the protected databases. */
    public boolean seesSources() {
        return sources;
    }

    /** Whether it decrypts. */
    public boolean seesPrivateKeys() {
        return privateKeys;
    }

    /** Whether it signs deliveries. */
    public boolean seesSubscriptions() {
        return subscriptions;
    }
}
