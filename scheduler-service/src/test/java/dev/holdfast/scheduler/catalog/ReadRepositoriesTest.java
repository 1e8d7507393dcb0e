package dev.holdfast.scheduler.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.service.metrics.BackupMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadRepositoriesTest {

    @TempDir
    Path folder;

    @Test
    void an_empty_folder_as_a_missing_mount_leaves_it_says_nothing_of_the_backups_that_were_there() {
        try (Repository repository = Repository.open("local", FileStore.at(folder))) {
            ReadRepositories reading =
                    new ReadRepositories(List.of(repository), new BackupMetrics(new SimpleMeterRegistry()));
            assertThat(reading.read().readable()).isEmpty();
            repository.writer().prepare();
            assertThat(reading.read().readable()).containsExactly("local");
        }
    }
}
