package dev.holdfast.notifier.slack;

import dev.holdfast.events.Event;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a post to an incoming webhook of Slack: {@code {"text": …}}. What comes from an event is escaped as Slack
 * wants it ({@code & < >}), so that nobody can be called or linked to by the text of an event.
 *
 * @see <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">Slack: incoming webhooks</a>
 */
public record SlackMessage(String text) {

    /** Slack cuts messages at 40,000 characters; nobody reads that much. */
    static final int MAX_CHARACTERS = 3_000;

    private static final JsonMapper JSON = new JsonMapper();

    /** What happened, to which database, why and what to do next. */
    public static SlackMessage of(Event<?> event) {
        EventStory story = EventStory.of(event.data());
        StringBuilder text = new StringBuilder(story.weight().emoji()).append(" *").append(escaped(story.headline())).append('*');
        story.details().forEach((label, value) -> text.append('\n').append(label).append(": ").append(escaped(value)));
        return new SlackMessage(cut(text.toString()));
    }

    /** An event that this version can't read is told all the same. */
    public static SlackMessage ofUnreadable(String why) {
        return new SlackMessage(cut(EventStory.Weight.NOTICE.emoji() + " *Holdfast says something that this notifier can't read*\n"
                + "Why: " + escaped(why) + "\nNext: see it with holdfast events; is the notifier older than the other services?"));
    }

    /** As it is posted. */
    public byte[] json() {
        return JSON.writeValueAsString(Map.of("text", text)).getBytes(StandardCharsets.UTF_8);
    }

    /** Control characters could break lines or hide text; the three others are all that Slack reads as its own. */
    static String escaped(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]", " ").replace("&", "&amp;").replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    private static String cut(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        // Not within &amp; and the like.
        String kept = text.substring(0, MAX_CHARACTERS).replaceFirst("&[a-z]{0,3}$", "");
        return kept + " …";
    }
}
