package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Odd is healthy: each of these must be verified, or nobody believes the verifier when it says no. */
@ExtendWith(PostgresExtension.class)
class HealthyBackupsIT {

    @TempDir
    Path folder;

    @Test
    void an_empty_database(PostgresServer server, Database database) {
        Verification proof = verified(server, database);
        assertThat(proof.counts().tables()).isZero();
        assertThat(proof.level()).isEqualTo("equal");
        assertThat(proof.restoreSeconds()).isPositive();
        assertThat(proof.notCompared()).isEmpty();
    }

    private Verification verified(PostgresServer server, Database database) {
        Verification proof = new Bench(folder, server).prove(database);
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("verified");
        return proof;
    }
}
