package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(S3Server.class)
class S3ServerIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void a_bucket_gives_back_what_it_took(S3Server.Bucket bucket) throws Exception {
        URI object = bucket.endpoint().resolve("/" + bucket.name() + "/a/b");

        HTTP.send(HttpRequest.newBuilder(object).PUT(HttpRequest.BodyPublishers.ofString("text")).build(),
                HttpResponse.BodyHandlers.discarding());

        assertThat(HTTP.send(HttpRequest.newBuilder(object).build(), HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("text");
    }

    @Test
    void every_test_has_a_bucket_of_its_own_on_one_server(S3Server.Bucket one, S3Server.Bucket other) {
        assertThat(one.name()).isNotEqualTo(other.name());
        assertThat(one.endpoint()).isEqualTo(other.endpoint());
    }
}
