package dev.holdfast.notifier.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.HoldfastException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSecretTest {

    /** The vector that the libraries of the specification are tested with. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void the_published_vector_is_signed_as_published() {
        assertThat(WebhookSecret.parse(SECRET, "ops").sign(ID, 1614265330, BODY.getBytes(UTF_8))).isEqualTo(SIGNATURE);
    }

    @Test
    void a_signature_among_several_is_found() {
        String others = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1a,xyz ";

        assertThat(verifies(ID, "1614265330", others + SIGNATURE, BODY)).isTrue();
        assertThat(verifies(ID, "1614265330", others.strip(), BODY)).isFalse();
    }

    @Test
    void whatever_is_tampered_with_breaks_the_signature() {
        assertThat(verifies(ID, "1614265330", SIGNATURE, BODY)).isTrue();
        assertThat(verifies(ID, "1614265330", SIGNATURE, BODY + " ")).isFalse();
        assertThat(verifies(ID, "1614265330", SIGNATURE, BODY.replace("4}", "5}"))).isFalse();
        assertThat(verifies(ID, "1614265331", SIGNATURE, BODY)).isFalse();
        assertThat(verifies(ID + "x", "1614265330", SIGNATURE, BODY)).isFalse();
        assertThat(verifies(ID, "1614265330", SIGNATURE.replace("g0hM", "g0hN"), BODY)).isFalse();
        assertThat(verifies(ID, "1614265330", SIGNATURE.substring(0, 20), BODY)).isFalse();
        assertThat(verifies(ID, "1614265330", "v1,", BODY)).isFalse();
        assertThat(verifies(ID, "1614265330", "", BODY)).isFalse();
    }

    @Test
    void another_secret_makes_another_signature() {
        String other = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

        assertThat(WebhookSecret.parse(other, "ops").sign(ID, 1614265330, BODY.getBytes(UTF_8))).isNotEqualTo(SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8G", "whsec_Mf!Q9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void what_is_no_secret_is_refused_without_being_shown(String text) {
        assertThatThrownBy(() -> WebhookSecret.parse(text, "ops")).isInstanceOfSatisfying(HoldfastException.class, failure -> {
            assertThat(failure.code()).isEqualTo("webhook-secret-invalid");
            assertThat(failure.getMessage() + failure.nextStep()).doesNotContain("9r8G").doesNotContain("Mf");
            assertThat(failure.getCause()).isNull();
        });
    }

    @Test
    void keys_are_24_to_64_bytes_long() {
        for (int length : new int[] {23, 24, 64, 65}) {
            String secret = "whsec_" + Base64.getEncoder().encodeToString(new byte[length]);
            if (length == 24 || length == 64) {
                assertThat(WebhookSecret.parse(secret + "\n", "ops").toString()).isEqualTo("whsec_***");
            } else {
                assertThatThrownBy(() -> WebhookSecret.parse(secret, "ops")).hasMessageContaining(length + " bytes");
            }
        }
    }

    private static boolean verifies(String id, String timestamp, String signatures, String body) {
        return WebhookSecret.parse(SECRET, "ops").verifies(id, timestamp, signatures, body.getBytes(UTF_8));
    }
}
