package dev.holdfast.service.config;

import dev.holdfast.service.ServiceRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One secret of the configuration and the roles that it belongs to. */
record SecretUse(String path, SecretReference reference, Predicate<ServiceRole> belongsTo) {

    static List<SecretUse> of(HoldfastConfig config) {
        List<SecretUse> uses = new ArrayList<>();
        config.databases().forEach((alias, database) ->
                add(uses, "databases." + alias + ".password", database.password(), ServiceRole::seesSources));
        config.repositories().forEach((name, repository) -> repository.s3().ifPresent(s3 -> {
            add(uses, "repositories." + name + ".access-key", s3.accessKey(), ServiceRole::seesRepositories);
            add(uses, "repositories." + name + ".secret-key", s3.secretKey(), ServiceRole::seesRepositories);
        }));
        config.subscriptions().forEach((name, subscription) -> {
            add(uses, "subscriptions." + name + ".url", subscription.secretUrl(), ServiceRole::seesSubscriptions);
            add(uses, "subscriptions." + name + ".secret", subscription.secret(), ServiceRole::seesSubscriptions);
            add(uses, "subscriptions." + name + ".previous-secret", subscription.previousSecret(), ServiceRole::seesSubscriptions);
        });
        add(uses, "heartbeat.url", config.heartbeat().secretUrl(), ServiceRole::seesSubscriptions);
        add(uses, "keys.passphrase", config.keys().passphrase(), ServiceRole::seesPrivateKeys);
        for (int i = 0; i < config.keys().secretKeys().size(); i++) {
            add(uses, "keys.secret-keys[" + i + "]",
                    Optional.of(new SecretReference.FromFile(config.keys().secretKeys().get(i))), ServiceRole::seesPrivateKeys);
        }
        return uses;
    }

    private static void add(List<SecretUse> uses, String path, Optional<SecretReference> reference,
            Predicate<ServiceRole> belongsTo) {
        reference.ifPresent(there -> uses.add(new SecretUse(path, there, belongsTo)));
    }
}
