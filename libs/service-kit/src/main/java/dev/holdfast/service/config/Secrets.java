package dev.holdfast.service.config;

import dev.holdfast.postgres.Password;
import dev.holdfast.service.ServiceRole;
import java.util.Map;

/** Resolves the secrets of one role and no others. Messages name the reference, never the value. */
public final class Secrets {

    private final HoldfastConfig config;
    private final ServiceRole role;
    private final Map<String, String> environment;

    public Secrets(HoldfastConfig config, ServiceRole role, Map<String, String> environment) {
        this.config = config;
        this.role = role;
        this.environment = Map.copyOf(environment);
    }

    /**
     * The secret behind a reference that belongs to this role.
     *
     * @throws dev.holdfast.failure.HoldfastException code {@code secret-unreadable}, or {@code secret-out-of-scope}
     *         where it belongs to another role (unless the configuration says {@code evaluation: true})
     */
    public Password resolve(SecretReference reference) {
        throw new UnsupportedOperationException();
    }

    /**
     * Fails where a secret of this role can't be read, or one of another role can.
     *
     * @throws InvalidConfiguration with all of them
     */
    public void check() {
        throw new UnsupportedOperationException();
    }
}
