package dev.holdfast.repository;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code 20260203T020000Z-dump-3fa9c1d2e4b5}: UTC fire time to the second, kind, 48-bit hash. A scheduled run's id is a
 * function of alias, kind and fire time; an ad-hoc run's of the event's source and id, so that the same request always
 * names the same backup.
 */
public record BackupId(Instant fireTime, String kind, String hash) implements Comparable<BackupId> {

    /** The source of the scheduler's own requests; with a fire time they are scheduled, from anybody else never. */
    public static final String SCHEDULER = "/holdfast/scheduler-service";

    /** No backup of a PostgreSQL that anybody runs is older. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    /** Clocks differ, by hours where one follows the wrong zone. A backup of a far future would be the newest for ever. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final Pattern FORM = Pattern.compile("(\\d{8}T\\d{6}Z)-([a-z]+)-([0-9a-f]{12})");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    public BackupId {
        Objects.requireNonNull(fireTime, "fireTime");
        if (!FORM.matcher(TIME.format(fireTime) + "-" + kind + "-" + hash).matches()) {
            throw new IllegalArgumentException("not a backup id: kind '" + kind + "', hash '" + hash + "'");
        }
        fireTime = Instant.ofEpochSecond(fireTime.getEpochSecond());
    }

    /** The id of the run that a schedule fires at {@code fireTime}. */
    public static BackupId scheduled(String alias, String kind, Instant fireTime) {
        return new BackupId(fireTime, kind, hash("scheduled", alias, kind, TIME.format(fireTime)));
    }

    /** The id of the run that an event asks for; {@code fireTime} is the event's own time. */
    public static BackupId requested(String eventSource, String eventId, String kind, Instant fireTime) {
        return new BackupId(fireTime, kind, hash("requested", eventSource, eventId, kind));
    }

    /**
     * The backup that a request asks for, the same for everybody who reads the request.
     *
     * @throws IllegalArgumentException where neither the event nor its data tell a time, or the kind is not a word
     */
    public static BackupId of(Event<BackupRequested> request) {
        BackupRequested data = request.data();
        String kind = data.kind() == null ? "dump" : data.kind();
        if (data.fireTime() != null && request.source().equals(SCHEDULER)) {
            return scheduled(data.database(), kind, data.fireTime());
        }
        Instant time = request.time() != null ? request.time() : data.fireTime();
        if (time == null) {
            throw new IllegalArgumentException("the request " + request.id() + " of " + request.source() + " has no time");
        }
        return requested(request.source(), request.id(), kind, time);
    }

    /**
     * Whether a new backup may have this id.
     *
     * @throws IllegalArgumentException where its fire time lies before the year 2000 or more than a day ahead of {@code now}
     */
    public void requireAcceptable(Instant now) {
        Instant latest = now.plus(AHEAD).truncatedTo(ChronoUnit.SECONDS);
        if (fireTime.isBefore(EARLIEST) || fireTime.isAfter(latest)) {
            throw new IllegalArgumentException("its time " + fireTime + " is out of range; accepted: " + EARLIEST + " to " + latest
                    + " (a day from now)");
        }
    }

    /** @throws IllegalArgumentException where the text is not of this form */
    public static BackupId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not a backup id: '" + text + "' (the form is 20260203T020000Z-dump-3fa9c1d2e4b5)");
        }
        return new BackupId(TIME.parse(matcher.group(1), Instant::from), matcher.group(2), matcher.group(3));
    }

    private static String hash(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public int compareTo(BackupId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return TIME.format(fireTime) + "-" + kind + "-" + hash;
    }
}
