package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.service.config.HoldfastConfig;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/** First step: what the request means under this configuration. Touches no source and no store. */
final class ClaimRequest {

    static final String KIND = "dump";

    private final HoldfastConfig config;
    private final Function<String, BackupWriter> repositories;
    private final Clock clock;

    ClaimRequest(HoldfastConfig config, Function<String, BackupWriter> repositories, Clock clock) {
        this.config = config;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * The attempt, fenced by a fresh nonce. Whether its time has passed is not asked here: its backup may be there already.
     *
     * @throws HoldfastException codes {@code unknown-database}, {@code kind-not-supported}, {@code unknown-repository},
     *                           {@code request-invalid}, {@code time-out-of-range}
     */
    Run claim(Event<BackupRequested> request, boolean supervised) {
        HoldfastConfig.Database policy = policy(request.data().database());
        requireKind(request.data().kind());
        List<String> names = repositories(request.data().repositories(), policy);
        Instant now = clock.instant();
        Instant deadline = Objects.requireNonNullElseGet(request.data().deadline(), () -> now.plus(policy.deadline()));
        BackupId id = backupId(request);
        requireTime(request, id, now);
        int attempt = Objects.requireNonNullElse(request.data().attempt(), 1);
        AttemptFolder folder =
                new AttemptFolder(policy.alias(), id, attempt, AttemptFolder.newNonce());
        long partBytes = names.stream().mapToLong(name -> config.repositories().get(name).partBytes()).min().orElseThrow();
        return new Run(request, policy, folder, names.stream().map(repositories).toList(), partBytes, now, deadline,
                supervised);
    }

    static BackupId backupId(Event<BackupRequested> request) {
        try {
            return BackupId.of(request);
        } catch (IllegalArgumentException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "request-invalid",
                    "Claiming request " + request.id() + " of " + request.source() + ": " + e.getMessage(),
                    "Send the request with a time and a known kind.", e);
        }
    }

    private static void requireTime(Event<BackupRequested> request, BackupId id, Instant now) {
        try {
            id.requireAcceptable(now);
        } catch (IllegalArgumentException e) {
            throw new HoldfastException(FailureKind.PERMANENT, "time-out-of-range",
                    "Claiming request " + request.id() + " of " + request.source() + ": " + e.getMessage(),
                    "Send the request with the present time, and check the clocks of requester and worker.", e);
        }
    }

    private HoldfastConfig.Database policy(String alias) {
        HoldfastConfig.Database policy = config.databases().get(alias);
        if (policy == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-database",
                    "Claiming a backup of '" + alias + "': the configuration has no database of this alias; it has "
                            + String.join(", ", new TreeSet<>(config.databases().keySet())),
                    "Correct the request's database, or add it to holdfast.yml.");
        }
        return policy;
    }

    private static void requireKind(String kind) {
        if (kind != null && !kind.equals(KIND)) {
            throw new HoldfastException(FailureKind.PERMANENT, "kind-not-supported",
                    "Claiming a backup of kind '" + kind + "': this worker makes kind '" + KIND + "' only",
                    "Leave the kind out of the request.");
        }
    }

    private static List<String> repositories(List<String> asked, HoldfastConfig.Database policy) {
        if (asked == null || asked.isEmpty()) {
            return policy.repositories();
        }
        List<String> unknown = asked.stream().filter(name -> !policy.repositories().contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-repository",
                    "Claiming a backup of '" + policy.alias() + "' into " + String.join(", ", unknown)
                            + ": its policy has the repositories " + String.join(", ", policy.repositories()),
                    "Correct the request's repositories, or add them to the database's policy.");
        }
        return asked.stream().distinct().toList();
    }
}
