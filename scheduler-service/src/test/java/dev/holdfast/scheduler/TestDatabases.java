package dev.holdfast.scheduler;

import dev.holdfast.service.config.HoldfastConfig;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Configured databases that differ in their schedules only. */
public final class TestDatabases {

    private TestDatabases() {
    }

    public static HoldfastConfig.Database scheduled(String alias, String cron, String zone) {
        return database(alias, Optional.of(cron), ZoneId.of(zone));
    }

    public static HoldfastConfig.Database unscheduled(String alias) {
        return database(alias, Optional.empty(), ZoneId.of("UTC"));
    }

    /** The same database under other rules. */
    public static HoldfastConfig.Database with(HoldfastConfig.Database one, HoldfastConfig.Supervision supervision,
            HoldfastConfig.Politeness politeness) {
        return new HoldfastConfig.Database(one.alias(), one.host(), one.port(), one.name(), one.user(), one.password(),
                one.sslMode(), one.sslRootCert(), one.sslCert(), one.sslKey(), one.cron(), one.zone(), one.repositories(),
                one.encryption(), one.keep(), one.verify(), one.lockWaitTimeout(), one.deadline(), politeness, supervision,
                one.objectives());
    }

    private static HoldfastConfig.Database database(String alias, Optional<String> cron, ZoneId zone) {
        HoldfastConfig.Keep keep = new HoldfastConfig.Keep(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), 2);
        return new HoldfastConfig.Database(alias, "localhost", 5432, alias, "postgres", Optional.empty(), "prefer",
                Optional.empty(), Optional.empty(), Optional.empty(), cron, zone, List.of("disk"),
                new HoldfastConfig.Encryption(true, List.of()), keep, new HoldfastConfig.Verify("every", "equal", List.of()),
                Duration.ofSeconds(10), Duration.ofHours(1));
    }
}
