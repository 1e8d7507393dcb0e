package dev.holdfast.service;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.HoldfastConfigLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.MDC;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts one service. Five of them may run in one process: nothing here is static state of a process. */
public final class HoldfastService {

    /** On every log line, for a process that holds several; ECS has a {@code service} of its own, and a second is refused. */
    static final String LOGGED_SERVICE = "holdfastService";

    private static final int FIRST_PORT = 8600;

    private HoldfastService() {
    }

    /** For a service's {@code main}: as {@link #run}, but a failure is printed for a person and ends the process (2: configuration). */
    public static void launch(Class<?> main, String serviceName, String... args) {
        try {
            run(main, serviceName, args);
        } catch (RuntimeException e) {
            HoldfastException failure = cause(e).orElseThrow(() -> e);
            System.err.println(serviceName + " does not start: " + failure.getMessage());
            System.err.println("next step: " + failure.nextStep());
            System.exit(failure.kind() == FailureKind.PERMANENT ? 2 : 1);
        }
    }

    /**
     * Starts a service and returns once it answers. Its defaults come from {@code <serviceName>.yml} on the class path,
     * its configuration from {@link HoldfastConfigLoader} ({@code --config=FILE} names one). Kafka need not be there yet.
     *
     * @param main        the service's configuration class
     * @param serviceName the module's name, such as {@code scheduler-service}
     * @param args        {@code --key=value}, which win over files and variables
     * @throws dev.holdfast.service.config.InvalidConfiguration where {@code holdfast.yml} is wrong
     */
    public static ConfigurableApplicationContext run(Class<?> main, String serviceName, String... args) {
        return run(main, serviceName, Map.of(), args);
    }

    /** As above, with properties that win over every file and variable, for a process that composes services. */
    public static ConfigurableApplicationContext run(Class<?> main, String serviceName, Map<String, Object> properties,
            String... args) {
        Map<String, String> settings = settings(properties, args);
        HoldfastConfig config = HoldfastConfigLoader.ofProcess().load(
                Optional.ofNullable(settings.get("config")).map(Path::of), Set.of(ServiceRole.of(serviceName)));
        return run(main, serviceName, config, properties, args);
    }

    /** As above, with a configuration that was read already. */
    public static ConfigurableApplicationContext run(Class<?> main, String serviceName, HoldfastConfig config,
            Map<String, Object> properties, String... args) {
        ServiceRole role = ServiceRole.of(serviceName);
        Map<String, String> settings = settings(properties, args);
        settings.put("spring.config.name", serviceName);
        String before = MDC.get(LOGGED_SERVICE);
        MDC.put(LOGGED_SERVICE, serviceName);
        try {
            return new SpringApplicationBuilder(ServiceBeans.class, main).bannerMode(Banner.Mode.OFF)
                    .properties(defaults(role, config))
                    .initializers((GenericApplicationContext context) -> {
                        context.registerBean(HoldfastConfig.class, () -> config);
                        context.registerBean(ServiceRole.class, () -> role);
                    })
                    .run(settings.entrySet().stream().map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                            .toArray(String[]::new));
        } finally {
            if (before == null) {
                MDC.remove(LOGGED_SERVICE);
            } else {
                MDC.put(LOGGED_SERVICE, before);
            }
        }
    }

    /** The port its HTTP API really listens on. */
    public static int port(ConfigurableApplicationContext service) {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** Later ones win; given twice, an option would otherwise become a list. */
    private static Map<String, String> settings(Map<String, Object> properties, String[] args) {
        Map<String, String> settings = new LinkedHashMap<>();
        properties.forEach((key, value) -> settings.put(key, String.valueOf(value)));
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            if (!parts[0].startsWith("--") || parts.length < 2) {
                throw new HoldfastException(FailureKind.PERMANENT, "usage", "reading the arguments found '" + parts[0]
                        + "'", "write options as --key=value, for example --config=/etc/holdfast/holdfast.yml");
            }
            settings.put(parts[0].substring(2), parts[1]);
        }
        return settings;
    }

    /** What a service's own file and every other source may override. */
    private static Map<String, Object> defaults(ServiceRole role, HoldfastConfig config) {
        Map<String, Object> defaults = new HashMap<>();
        boolean scheduler = role == ServiceRole.SCHEDULER;
        defaults.put("server.address", scheduler ? config.scheduler().bind() : "127.0.0.1");
        defaults.put("server.port", scheduler ? config.scheduler().port() : FIRST_PORT + role.ordinal());
        defaults.put("server.shutdown", "graceful");
        defaults.put("spring.main.log-startup-info", "false");
        defaults.put("spring.mvc.problemdetails.enabled", "true");
        defaults.put("logging.pattern.correlation", "[%X{" + LOGGED_SERVICE + ":-}] [%X{correlationId:-}] ");
        if (!config.evaluation()) {
            defaults.put("logging.structured.format.console", "ecs"); // a collector reads it; an evaluation is read by a person
        }
        defaults.put("logging.structured.ecs.service.name", role.service());
        defaults.put("logging.level.org.apache.kafka", "WARN");
        // Their every retry is a line; TopicSetup says once that the broker is away.
        defaults.put("logging.level.org.apache.kafka.clients.NetworkClient", "ERROR");
        defaults.put("logging.level.org.apache.kafka.clients.consumer.internals", "ERROR");
        defaults.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        defaults.put("management.endpoint.health.probes.enabled", "true");
        defaults.put("management.endpoint.health.show-details", "always");
        defaults.put("management.endpoint.health.validate-group-membership", "false");
        defaults.put("management.endpoint.health.group.liveness.include", "livenessState");
        defaults.put("management.endpoint.health.group.readiness.include", "readinessState,kafka,repositories");
        boolean strangers = scheduler && !config.scheduler().tokens().isEmpty();
        // With tokens the probes alone are answered to anybody, and nobody needs to know what the repositories are called.
        defaults.put("management.endpoint.health.group.readiness.show-details", strangers ? "never" : "always");
        // One process may hold five services, each with its own registry.
        defaults.put("management.metrics.use-global-registry", "false");
        defaults.put("management.metrics.tags.service", role.service());
        return defaults;
    }

    private static Optional<HoldfastException> cause(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof HoldfastException known) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }
}
