package dev.holdfast.postgres.source;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The application name of a backup's sessions, which every role sees in {@code pg_stat_activity}:
 * {@code holdfast/<backup-id>/<attempt>}. The session that holds the run's turn adds a ticket, {@code ?} while it draws it.
 *
 * @param ticket the server's time at which the run came, in base 36; {@code ?} or empty
 */
public record SessionName(String backupId, int attempt, String ticket) {

    static final String PREFIX = "holdfast/";
    static final String DRAWING = "?";

    private static final Pattern FORM = Pattern.compile("holdfast/([^/]+)/(\\d{1,9})(?:/([0-9a-z]{1,12}|\\?))?");
    private static final int BASE = 36;

    /** Of a run's programs and of its snapshot. */
    public static SessionName of(String backupId, int attempt) {
        return new SessionName(backupId, attempt, "");
    }

    /** Empty where the name has another form, such as one that PostgreSQL cut after 63 bytes. */
    public static Optional<SessionName> parse(String applicationName) {
        Matcher matcher = FORM.matcher(applicationName);
        return matcher.matches() ? Optional.of(new SessionName(matcher.group(1), Integer.parseInt(matcher.group(2)),
                matcher.group(3) == null ? "" : matcher.group(3))) : Optional.empty();
    }

    /** Of the session that will hold the run's turn, before it has its ticket. */
    public SessionName drawing() {
        return new SessionName(backupId, attempt, DRAWING);
    }

    SessionName withTicket(long millis) {
        return new SessionName(backupId, attempt, Long.toString(millis, BASE));
    }

    boolean isDrawing() {
        return ticket.equals(DRAWING);
    }

    /** Whether it has a ticket and when it was drawn. */
    Optional<Long> drawn() {
        return ticket.isEmpty() || isDrawing() ? Optional.empty() : Optional.of(Long.parseLong(ticket, BASE));
    }

    @Override
    public String toString() {
        return PREFIX + backupId + "/" + attempt + (ticket.isEmpty() ? "" : "/" + ticket);
    }
}
