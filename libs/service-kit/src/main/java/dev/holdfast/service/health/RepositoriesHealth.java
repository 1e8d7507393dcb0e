package dev.holdfast.service.health;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.Repository;
import dev.holdfast.service.repositories.Repositories;
import java.time.Duration;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while every repository can be listed. Asked at most every few seconds: a probe must not load a store. */
public final class RepositoriesHealth implements HealthIndicator {

    private static final long KEPT_NANOS = Duration.ofSeconds(3).toNanos();

    private final Repositories repositories;
    private Health last;
    private long askedAt;

    public RepositoriesHealth(Repositories repositories) {
        this.repositories = repositories;
    }

    @Override
    public synchronized Health health() {
        if (last == null || System.nanoTime() - askedAt > KEPT_NANOS) {
            last = ask();
            askedAt = System.nanoTime();
        }
        return last;
    }

    private Health ask() {
        Health.Builder health = Health.up();
        new TreeMap<>(repositories.all()).forEach((name, repository) -> {
            String state = state(repository);
            if (!state.equals("up")) {
                health.down();
            }
            health.withDetail(name, state);
        });
        return health.build();
    }

    private static String state(Repository repository) {
        try {
            repository.check();
            return "up";
        } catch (HoldfastException e) {
            return e.code() + ": " + e.getMessage() + "; " + e.nextStep();
        }
    }
}
