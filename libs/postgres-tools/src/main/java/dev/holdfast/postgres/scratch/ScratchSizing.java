package dev.holdfast.postgres.scratch;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

/**
 * How much of the machine a scratch server takes. The formula (reasons in RATIONALE.md), where {@code n} proofs may run
 * at once and each has an {@code n}th of cores and memory: {@code jobs} = cores, 1 to 8; {@code shared_buffers} = an eighth of memory, 32 MB to 2 GB;
 * {@code maintenance_work_mem} = a sixteenth of memory divided by jobs, 16 MB to 1 GB;
 * {@code max_wal_size} = a quarter of memory, 256 MB to 4 GB.
 *
 * @param jobs how many workers a check, or the building of an index, may use at once; a restore itself reads a pipe with one
 */
public record ScratchSizing(int jobs, long sharedBuffersMb, long maintenanceWorkMemMb, long maxWalSizeMb) {

    /** Of this machine, or of the container's limits where there are any, divided among so many servers at once. */
    public static ScratchSizing ofMachine(int atOnce) {
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        return of(Runtime.getRuntime().availableProcessors(), memory, atOnce);
    }

    static ScratchSizing of(int cores, long memoryBytes, int atOnce) {
        return of(cores / atOnce, memoryBytes / atOnce);
    }

    public static ScratchSizing of(int cores, long memoryBytes) {
        long mb = memoryBytes >> 20;
        int jobs = Math.clamp(cores, 1, 8);
        return new ScratchSizing(jobs, Math.clamp(mb / 8, 32, 2048), Math.clamp(mb / 16 / jobs, 16, 1024),
                Math.clamp(mb / 4, 256, 4096));
    }

    /** Lines for postgresql.conf. A crash loses the cluster, which is then made again: so nothing is written twice or synced. */
    List<String> settings() {
        return List.of("shared_buffers = '%dMB'".formatted(sharedBuffersMb),
                "maintenance_work_mem = '%dMB'".formatted(maintenanceWorkMemMb),
                "max_wal_size = '%dMB'".formatted(maxWalSizeMb), "checkpoint_timeout = '1h'", "wal_level = minimal",
                "max_wal_senders = 0", "fsync = off", "synchronous_commit = off", "full_page_writes = off",
                "autovacuum = off", "jit = off", "max_connections = %d".formatted(jobs * 2 + 20),
                "max_locks_per_transaction = 1024");
    }
}
