package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Builds the client of one repository. */
final class S3Clients {

    private static final int ATTEMPTS = 5;

    private S3Clients() {
    }

    static S3Client build(S3Settings settings) {
        boolean required = settings.checksums() == S3Settings.Checksums.WHEN_REQUIRED;
        Apache5HttpClient.Builder http = Apache5HttpClient.builder().connectionTimeout(Duration.ofSeconds(10))
                .socketTimeout(Duration.ofSeconds(60)).maxConnections(64);
        settings.caCertificate().ifPresent(file -> {
            TrustManager[] trusted = trust(file);
            http.tlsTrustManagersProvider(() -> trusted);
        });
        AwsCredentialsProvider credentials = settings.credentials()
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
        S3ClientBuilder builder = S3Client.builder().httpClientBuilder(http).credentialsProvider(credentials)
                .requestChecksumCalculation(required ? RequestChecksumCalculation.WHEN_REQUIRED
                        : RequestChecksumCalculation.WHEN_SUPPORTED)
                // The reader checks every object against its manifest, which the store could not forge.
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle())
                        .chunkedEncodingEnabled(!required).build())
                .overrideConfiguration(override -> override
                        .retryStrategy(StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build()));
        settings.region().map(Region::of).ifPresent(builder::region);
        settings.endpoint().ifPresent(builder::endpointOverride);
        try {
            return builder.build();
        } catch (SdkClientException e) {
            throw new StoreException(FailureKind.PERMANENT, "store-misconfigured",
                    "preparing the client of " + settings + ": " + e.getMessage(),
                    "set the repository's region, endpoint and credentials", e);
        }
    }

    private static TrustManager[] trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int index = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + index++, certificate);
            }
            if (index == 0) {
                throw new GeneralSecurityException("no certificate in it");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new StoreException(FailureKind.PERMANENT, "ca-certificate-invalid",
                    "reading the certificate authorities in " + file + ": " + e.getMessage(),
                    "name a PEM file with the certificates that signed the store's", e);
        }
    }
}
