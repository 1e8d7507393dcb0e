package dev.holdfast.notifier.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.events.AlertRaised;
import dev.holdfast.events.BackupFailed;
import dev.holdfast.events.Event;
import dev.holdfast.events.EventCodec;
import dev.holdfast.events.EventType;
import dev.holdfast.events.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

class SlackMessageTest {

    @Test
    void a_failure_says_what_happened_to_which_database_why_and_what_to_do() {
        assertThat(text(failed("source-unreachable", "connecting to db.internal:5432: refused"))).isEqualTo("""
                :rotating_light: *Backup of shop failed*
                Backup: 20260203T020000Z-dump-3fa9c1d2e4b5
                Phase: preflight
                Why: source-unreachable: connecting to db.internal:5432: refused
                Next: start the server""");
    }

    @Test
    void a_test_says_that_it_is_one() {
        assertThat(text(failed("notify-test", "TEST: nothing failed"))).contains("TEST").doesNotContain("Backup of").doesNotContain("rotating_light");
    }

    @Test
    void nothing_in_an_event_can_call_somebody_link_or_break_the_message() {
        String text = text(failed("x", "<!channel> <https://evil.example|here> a & b\nNext: pay\u202e\u0007"));

        assertThat(text).contains("&lt;!channel&gt; &lt;https://evil.example|here&gt; a &amp; b Next: pay").doesNotContain("<").doesNotContain("\u202e");
        assertThat(text.lines()).hasSize(5);
    }

    @Test
    void a_message_has_an_end() {
        String text = text(new AlertRaised("shop", "stuck", "critical", "<".repeat(5_000), "&".repeat(5_000), "<".repeat(5_000)));

        assertThat(text.length()).isLessThanOrEqualTo(SlackMessage.MAX_CHARACTERS + 2);
        assertThat(text.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
    }

    @Test
    void it_is_posted_as_json_with_one_text() {
        byte[] json = SlackMessage.of(event(failed("x", "\"quoted\" and ünï"))).json();

        assertThat(new JsonMapper().readTree(json).get("text").asString()).contains("\"quoted\" and ünï");
        assertThat(new JsonMapper().readTree(json).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void every_type_of_event_has_a_readable_message(EventType type) throws IOException {
        try (InputStream example = EventType.class.getClassLoader().getResourceAsStream(type.example())) {
            String text = SlackMessage.of(new EventCodec().decode(example.readAllBytes())).text();
            assertThat(text.lines().findFirst().orElseThrow()).matches(":[a-z_]+: \\*[^*]{8,120}\\*");
            assertThat(text).doesNotContain("null").doesNotContain("[");
        }
    }

    private static String text(Payload data) {
        return SlackMessage.of(event(data)).text();
    }

    private static Event<Payload> event(Payload data) {
        return Event.of("/holdfast/backup-worker", Instant.parse("2026-02-03T02:10:00Z"), data);
    }

    private static BackupFailed failed(String code, String reason) {
        return new BackupFailed("shop", "dump", "20260203T020000Z-dump-3fa9c1d2e4b5", 1, "preflight", "permanent", code, reason, "start the server");
    }
}
