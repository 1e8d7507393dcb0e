package dev.holdfast.service.repositories;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.S3Settings;
import dev.holdfast.repository.store.S3Store;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Every repository of the configuration by name. Opening does no I/O, so that a service starts while a store is away. */
public final class Repositories implements AutoCloseable {

    private final Map<String, Repository> byName;

    private Repositories(Map<String, Repository> byName) {
        this.byName = Map.copyOf(byName);
    }

    /**
     * Opens them with the secrets of one role.
     *
     * @throws HoldfastException code {@code secret-unreadable} where a store's credential can't be read
     */
    public static Repositories open(HoldfastConfig config, Secrets secrets) {
        Map<String, Repository> opened = new LinkedHashMap<>();
        try {
            config.repositories().forEach((name, settings) ->
                    opened.put(name, Repository.open(name, store(settings, secrets))));
            return new Repositories(opened);
        } catch (RuntimeException e) {
            opened.values().forEach(Repository::close);
            throw e;
        }
    }

    /** By name. */
    public Map<String, Repository> all() {
        return byName;
    }

    /** Those of a policy in its order, and then all others by name. */
    public List<Repository> inOrder(List<String> policy) {
        return Stream.concat(policy.stream().filter(byName::containsKey), byName.keySet().stream().sorted()).distinct()
                .map(byName::get).toList();
    }

    /** @throws HoldfastException code {@code unknown-repository}, naming those there are */
    public Repository get(String name) {
        Repository repository = byName.get(name);
        if (repository == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-repository", "no repository is called '" + name
                    + "'; there are " + byName.keySet().stream().sorted().toList(), "name one of them, or add it to holdfast.yml");
        }
        return repository;
    }

    @Override
    public void close() {
        byName.values().forEach(Repository::close);
    }

    private static ObjectStore store(HoldfastConfig.Repository settings, Secrets secrets) {
        return switch (settings.type()) {
            case "file" -> FileStore.at(settings.path().orElseThrow());
            case "s3" -> S3Store.open(s3(settings.s3().orElseThrow(), secrets));
            default -> throw new IllegalArgumentException("repository '" + settings.name() + "' has the type '"
                    + settings.type() + "'; accepted: file, s3");
        };
    }

    private static S3Settings s3(HoldfastConfig.S3 s3, Secrets secrets) {
        Optional<AwsCredentialsProvider> credentials = s3.accessKey().map(accessKey -> StaticCredentialsProvider.create(
                AwsBasicCredentials.create(secrets.resolve(accessKey).reveal(), secrets.resolve(s3.secretKey().orElseThrow()).reveal())));
        return new S3Settings(s3.bucket(), s3.prefix(), Optional.ofNullable(s3.region()), s3.endpoint(), s3.pathStyle(),
                s3.caCertificate(), S3Settings.Checksums.valueOf(s3.checksums().toUpperCase(Locale.ROOT).replace('-', '_')),
                credentials, S3Settings.DEFAULT_PART_BYTES);
    }
}
