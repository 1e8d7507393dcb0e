package dev.holdfast.notifier.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.events.EventType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPatternTest {

    @Test
    void one_type_is_matched_by_its_name() {
        assertThat(matched("alert.raised")).containsExactly("alert.raised");
    }

    @Test
    void a_family_is_matched_up_to_the_dot() {
        assertThat(matched("backup.*")).contains("backup.completed", "backup.refuted").allMatch(name -> name.startsWith("backup."));
        assertThat(matched("back.*")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "delivery.*", "delivery.succeeded", "delivery.abandoned", "delivery.requested"})
    void no_pattern_matches_a_delivery(String pattern) {
        assertThat(matched(pattern)).noneMatch(name -> name.startsWith("delivery."));
    }

    @Test
    void a_star_matches_everything_else() {
        assertThat(matched("*")).hasSize((int) Stream.of(EventType.values()).filter(t -> !t.shortName().startsWith("delivery.")).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "backup", "backup.", "*.failed", "backup.**", "Backup.*", "backup.failed.v1", "dev.holdfast.backup.failed.v1", " *"})
    void what_is_no_pattern_is_refused(String text) {
        assertThatThrownBy(() -> new EventPattern(text)).hasMessageContaining("'" + text + "'");
    }

    private static List<String> matched(String pattern) {
        EventPattern parsed = new EventPattern(pattern);
        return Stream.of(EventType.values()).filter(parsed::matches).map(EventType::shortName).toList();
    }
}
