package dev.holdfast.repository.manifest;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One verification's result with its evidence, bound to the manifest by digest.
 *
 * @param outcome      verified, refuted or unproven
 * @param level        the level reached: none, checksum, archive, restore or equal
 * @param findings     differences ({@code what, where, expected, found}), refuted only
 * @param reason       unproven only: library, locale, major, disk or tool
 * @param durations    seconds per phase
 * @param restoreSeconds proven RTO, null below level restore
 */
public record Verification(int formatVersion, String backupId, String database, String repository,
        String manifestSha256, String outcome, String level, Instant startedAt, Instant endedAt, String verifier,
        String isolation, List<Finding> findings, int findingsTotal, String reason, String detail,
        Map<String, Double> durations, Double restoreSeconds, Counts counts, List<Table> tables,
        List<String> notCompared) {

    public record Finding(String what, String where, String expected, String found) {
    }

    public record Counts(long tables, long rows, long largeObjects, long schemaObjects, int assertions) {
    }

    /** Rows and order-independent hash of one table, as found equal. */
    public record Table(String name, long rows, String hash) {
    }
}
