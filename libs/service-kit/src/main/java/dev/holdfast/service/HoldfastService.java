package dev.holdfast.service;

import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts one service. Five of them may run in one process: nothing here is static state of a process. */
public final class HoldfastService {

    private HoldfastService() {
    }

    /**
     * Starts a service and returns once it answers. Its defaults come from {@code <serviceName>.yml} on the class path.
     * Kafka need not be there yet.
     *
     * @param main        the service's configuration class
     * @param serviceName the module's name, such as {@code scheduler-service}
     * @throws dev.holdfast.service.config.InvalidConfiguration where {@code holdfast.yml} is wrong
     */
    public static ConfigurableApplicationContext run(Class<?> main, String serviceName, String... args) {
        return run(main, serviceName, Map.of(), args);
    }

    /** As above, with properties that win over every file and variable, for a process that composes services. */
    public static ConfigurableApplicationContext run(Class<?> main, String serviceName, Map<String, Object> properties,
            String... args) {
        throw new UnsupportedOperationException();
    }

    /** The port its HTTP API really listens on. */
    public static int port(ConfigurableApplicationContext service) {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
