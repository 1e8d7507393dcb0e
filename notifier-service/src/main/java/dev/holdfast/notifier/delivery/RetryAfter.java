package dev.holdfast.notifier.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.hc.core5.http.Header;

/** The answer's wish when to come again: seconds or a date (RFC 9110, section 10.2.3). What is neither counts as unsaid. */
final class RetryAfter {

    private RetryAfter() {
    }

    static Optional<Duration> of(Header header, Instant now) {
        String text = header == null || header.getValue() == null ? "" : header.getValue().strip();
        if (text.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return date.isAfter(now) ? Optional.of(Duration.between(now, date)) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
