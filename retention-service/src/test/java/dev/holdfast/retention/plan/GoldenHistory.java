package dev.holdfast.retention.plan;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Written-down histories whose decisions are kept as files. */
record GoldenHistory(KeepRules rules, List<Candidate> backups, Instant now) {

    private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmm").withZone(ZoneOffset.UTC);

    static GoldenHistory named(String name) {
        return switch (name) {
            case "tiers-of-daily-backups" -> tiers();
            case "age-with-gaps-in-the-proofs" -> gaps();
            case "several-a-day-in-sydney" -> sydney();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static GoldenHistory tiers() {
        Instant now = Instant.parse("2026-03-02T12:00:00Z");
        List<Candidate> backups = new ArrayList<>();
        for (int day = 0; day < 70; day++) {
            backups.add(backup(Instant.parse("2026-03-02T02:00:00Z").minus(Duration.ofDays(day)), Standing.VERIFIED));
        }
        KeepRules rules = new KeepRules(Optional.empty(), Optional.of(3), Optional.of(7), Optional.of(4), Optional.of(3),
                Optional.of(2), 2, ZoneOffset.UTC);
        return new GoldenHistory(rules, backups, now);
    }

    private static GoldenHistory gaps() {
        Instant now = Instant.parse("2026-03-02T12:00:00Z");
        String proofs = "uurvuvvruvvuuvvirv";
        List<Candidate> backups = new ArrayList<>();
        for (int day = 0; day < proofs.length(); day++) {
            Standing standing = switch (proofs.charAt(day)) {
                case 'u' -> Standing.UNPROVEN;
                case 'r' -> Standing.REFUTED;
                case 'v' -> Standing.VERIFIED;
                default -> Standing.INCOMPLETE;
            };
            backups.add(backup(Instant.parse("2026-03-02T02:00:00Z").minus(Duration.ofDays(day)), standing));
        }
        KeepRules rules = new KeepRules(Optional.of(Duration.ofDays(9)), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), 2, ZoneOffset.UTC);
        return new GoldenHistory(rules, backups, now);
    }

    private static GoldenHistory sydney() {
        ZoneId zone = ZoneId.of("Australia/Sydney");
        Instant now = ZonedDateTime.of(2026, 4, 8, 12, 0, 0, 0, zone).toInstant();
        List<Candidate> backups = new ArrayList<>();
        for (int hours = 0; hours < 24 * 6; hours += 8) {
            backups.add(backup(now.minus(Duration.ofHours(hours + 1L)), Standing.VERIFIED));
        }
        KeepRules rules = new KeepRules(Optional.empty(), Optional.empty(), Optional.of(4), Optional.empty(), Optional.empty(),
                Optional.empty(), 1, zone);
        return new GoldenHistory(rules, backups, now);
    }

    private static Candidate backup(Instant time, Standing standing) {
        return new Candidate(ID.format(time), time, standing);
    }
}
