package dev.holdfast.worker.backup;

import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.service.config.SecretReference;
import java.time.Clock;
import java.util.function.Function;
import java.util.function.Supplier;

/** What every attempt of this worker works with. */
record Workplace(Function<SecretReference, Password> secrets, Supplier<PostgresTools> tools, Clock clock,
        CopySettings copySettings, int runsPerCluster) {
}
