package dev.holdfast.notifier.delivery;

import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;

/**
 * HTTP clients that do one exchange on one connection and nothing of their own accord: no redirect, retry, cookie, proxy,
 * authentication or decompression. A connection is not used again, because one that the subscriber has closed meanwhile
 * would fail a delivery that nothing is wrong with.
 */
final class PlainClients {

    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_HEADERS = 200;
    /** Who may have how many is the lanes' business. */
    private static final int UNLIMITED = 100_000;

    private PlainClients() {
    }

    static CloseableHttpClient connectingBy(DnsResolver names) {
        Http1Config bounded = Http1Config.custom().setMaxLineLength(MAX_HEADER_BYTES).setMaxHeaderCount(MAX_HEADERS).build();
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create().setDnsResolver(names)
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(bounded).build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(CONNECT).build())
                        .setMaxConnTotal(UNLIMITED).setMaxConnPerRoute(UNLIMITED).build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling().disableAutomaticRetries().disableCookieManagement().disableAuthCaching()
                .disableContentCompression().disableDefaultUserAgent().build();
    }

    static RequestConfig limits(Duration timeout) {
        return RequestConfig.custom().setResponseTimeout(Timeout.of(timeout)).setConnectionRequestTimeout(Timeout.of(timeout)).build();
    }
}
