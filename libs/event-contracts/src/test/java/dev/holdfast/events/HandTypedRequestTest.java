package dev.holdfast.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HandTypedRequestTest {

    @Test
    void every_line_that_the_how_to_types_is_readable_on_the_topic_it_names() throws IOException {
        String howTo = Files.readString(Path.of("../../docs/events/README.md"));
        List<MatchResult> lines = Pattern.compile("echo '(.+)' \\\\\n.* --topic (\\S+)").matcher(howTo).results().toList();

        assertThat(lines).hasSize(2);
        for (MatchResult line : lines) {
            Event<?> event = new EventCodec().decode(line.group(1).getBytes(UTF_8));
            assertThat(event.type().topic()).isEqualTo(line.group(2));
            assertThat(event.key()).isEqualTo("shop");
        }
    }
}
