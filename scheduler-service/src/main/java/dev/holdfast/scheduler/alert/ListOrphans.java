package dev.holdfast.scheduler.alert;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.Orphan;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lies in the repositories and is named by no manifest, as it was when they were last listed. */
public final class ListOrphans {

    private static final Logger LOG = LoggerFactory.getLogger(ListOrphans.class);

    private final Collection<HoldfastConfig.Database> databases;
    private final Map<String, Repository> repositories;
    private final Map<String, Listed> found = new ConcurrentHashMap<>();

    private record Listed(Instant at, Map<String, List<Orphan>> by) {
    }

    /** @param repositories by name */
    public ListOrphans(Collection<HoldfastConfig.Database> databases, Map<String, Repository> repositories) {
        this.databases = databases;
        this.repositories = repositories;
    }

    /** Lists the databases that {@code wanted} says and that were not listed since. What can't be listed is logged and stays as it was known. */
    void list(Predicate<String> wanted, Instant now, Duration every) {
        for (HoldfastConfig.Database database : databases) {
            Listed known = found.get(database.alias());
            if (!wanted.test(database.alias())) {
                found.remove(database.alias()); // whoever acts for it knows
            } else if (known == null || !now.isBefore(known.at().plus(every))) {
                Map<String, List<Orphan>> by = new HashMap<>(of(database.alias()));
                for (String name : database.repositories()) {
                    list(repositories.get(name), database.alias(), by);
                }
                found.put(database.alias(), new Listed(now, Map.copyOf(by)));
            }
        }
    }

    private static void list(Repository repository, String alias, Map<String, List<Orphan>> by) {
        try {
            if (repository.exists()) {
                by.put(repository.name(), repository.catalog().orphans(alias));
            }
        } catch (HoldfastException e) {
            LOG.warn("what no manifest names of {} in repository {} could not be listed: {}; {}", alias, repository.name(),
                    e.getMessage(), e.nextStep());
        }
    }

    /** By repository; one that was not listed yet is not there. */
    Map<String, List<Orphan>> of(String alias) {
        Listed known = found.get(alias);
        return known == null ? Map.of() : known.by();
    }
}
