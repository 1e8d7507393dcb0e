package dev.holdfast.notifier.signature;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A symmetric key of the Standard Webhooks specification 1.0: {@code whsec_} and 24 to 64 random bytes in base64. Signs
 * {@code id.timestamp.body} with HMAC-SHA256. Shows itself nowhere.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">the specification</a>
 */
public final class WebhookSecret {

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final SecretKeySpec key;

    private WebhookSecret(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /**
     * @param text  the secret as subscribers have it; white space around it, as files have it, is ignored
     * @param whose for the message: the subscription's name
     * @throws HoldfastException permanent, code {@code webhook-secret-invalid}, without the secret
     */
    public static WebhookSecret parse(String text, String whose) {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX)) {
            throw invalid(whose, "it does not begin with " + PREFIX);
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(trimmed.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            // The decoder's message quotes a character of the secret, so it is no cause of ours.
            throw invalid(whose, "what follows " + PREFIX + " is not base64");
        }
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw invalid(whose, "it has " + key.length + " bytes, not " + MIN_BYTES + " to " + MAX_BYTES);
        }
        return new WebhookSecret(key);
    }

    /**
     * The value of the {@code webhook-signature} header.
     *
     * @param id               the {@code webhook-id} header
     * @param timestampSeconds the {@code webhook-timestamp} header, seconds since 1970
     * @param body             the request's body, byte for byte
     */
    public String sign(String id, long timestampSeconds, byte[] body) {
        return VERSION + Base64.getEncoder().encodeToString(digest(id, Long.toString(timestampSeconds), body));
    }

    /**
     * Whether one of the space-separated signatures of a received request is ours, compared in constant time. The age of
     * the timestamp is the caller's to judge; five minutes are usual.
     */
    public boolean verifies(String id, String timestamp, String signatures, byte[] body) {
        byte[] expected = (VERSION + Base64.getEncoder().encodeToString(digest(id, timestamp, body))).getBytes(StandardCharsets.US_ASCII);
        boolean found = false;
        for (String signature : signatures.split(" ")) {
            found |= MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }

    @Override
    public String toString() {
        return PREFIX + "***";
    }

    private byte[] digest(String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    private static HoldfastException invalid(String whose, String why) {
        return new HoldfastException(FailureKind.PERMANENT, "webhook-secret-invalid", "Reading the webhook secret of " + whose + ": " + why,
                "Make one with: echo \"whsec_$(openssl rand -base64 32)\", and give it to the subscriber too.");
    }
}
