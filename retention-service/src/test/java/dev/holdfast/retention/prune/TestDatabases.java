package dev.holdfast.retention.prune;

import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Configured databases that differ in their keep rules only. */
final class TestDatabases {

    private TestDatabases() {
    }

    static HoldfastConfig.Database keepLast(String alias, int last, String... repositories) {
        return database(alias, Optional.empty(), Optional.of(last), repositories);
    }

    static HoldfastConfig.Database keepAge(String alias, Duration age, String... repositories) {
        return database(alias, Optional.of(age), Optional.empty(), repositories);
    }

    static HoldfastConfig.Database keepAll(String alias, String... repositories) {
        return database(alias, Optional.empty(), Optional.empty(), repositories);
    }

    private static HoldfastConfig.Database database(String alias, Optional<Duration> age, Optional<Integer> last,
            String... repositories) {
        HoldfastConfig.Keep keep = new HoldfastConfig.Keep(age, last, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), 2);
        return new HoldfastConfig.Database(alias, "localhost", 5432, alias, "postgres", Optional.empty(), "prefer",
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ZoneOffset.UTC, List.of(repositories),
                new HoldfastConfig.Encryption(true, List.of()), keep,
                new HoldfastConfig.Verify("every", "equal", List.of()), Duration.ofSeconds(10), Duration.ofHours(1));
    }
}
