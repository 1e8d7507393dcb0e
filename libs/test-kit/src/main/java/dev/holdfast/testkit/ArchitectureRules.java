package dev.holdfast.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What holds the modules apart. Packages are named as text: this module sees none of them (docs/adr/0003). */
public final class ArchitectureRules {

    private static final String[] SERVICES = {"dev.holdfast.scheduler..", "dev.holdfast.worker..",
        "dev.holdfast.verifier..", "dev.holdfast.retention..", "dev.holdfast.notifier.."};
    private static final String[] PLAIN_LIBRARIES = {"dev.holdfast.events..", "dev.holdfast.failure..",
        "dev.holdfast.repository..", "dev.holdfast.postgres..", "dev.holdfast.restore.."};
    private static final Pattern OBJECT_NAME =
            Pattern.compile("db/.*|(.*/)?(manifest|repository)\\.json(\\.asc)?|(.*/)?verifications/.*", Pattern.DOTALL);
    private static final Set<String> STEREOTYPES = Set.of("controller", "controllers", "dto", "dtos", "entity", "entities",
            "model", "models", "impl", "util", "utils", "helper", "helpers", "manager", "managers", "common", "core");

    private ArchitectureRules() {
    }

    /** All of them. */
    public static List<ArchRule> all() {
        return Stream.concat(Stream.of(servicesAreStrangers(), librariesDoNotKnowServices(), librariesArePlain(),
                onlyPostgresToolsStartsPrograms(), onlyTheRepositoryKnowsObjectNames(), packagesSayWhatTheyDo(),
                classesSayWhatTheyAre()), views().stream()).toList();
    }

    public static ArchRule servicesAreStrangers() {
        return slices().assignedFrom(new ServiceSlices()).should().notDependOnEachOther()
                .as("services should not import each other: publish an event, or move what both need to a library");
    }

    public static ArchRule librariesDoNotKnowServices() {
        return noClasses().that().resideOutsideOfPackages(Stream.concat(Stream.of(SERVICES), Stream.of("dev.holdfast.cli.."))
                .toArray(String[]::new)).should().dependOnClassesThat().resideInAnyPackage(SERVICES)
                .as("libraries should not import a service: pass in what it needs");
    }

    public static ArchRule librariesArePlain() {
        return noClasses().that().resideInAnyPackage(PLAIN_LIBRARIES).should().dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "org.apache.kafka..")
                .as("events, repository, postgres and restore should know neither Spring nor Kafka: "
                        + "wire them in libs/service-kit or in the service");
    }

    public static ArchRule onlyPostgresToolsStartsPrograms() {
        return noClasses().that().resideOutsideOfPackages("dev.holdfast.postgres..", "dev.holdfast.cli..",
                "dev.holdfast.testkit..").should().dependOnClassesThat().belongToAnyOf(ProcessBuilder.class)
                .as("only libs/postgres-tools should start programs: add a command type there, "
                        + "which owns its arguments, exit codes and end");
    }

    public static ArchRule onlyTheRepositoryKnowsObjectNames() {
        return classes().that().resideOutsideOfPackages("dev.holdfast.repository..", "dev.holdfast.testkit..")
                .should(new NameNoObjects()).as("only libs/backup-repository should know object names: "
                        + "ask a view of dev.holdfast.repository.Repository instead");
    }

    public static ArchRule packagesSayWhatTheyDo() {
        return classes().should(new ArchCondition<JavaClass>("lie in a package named after what it does") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream.of(type.getPackageName().split("\\.")).filter(STEREOTYPES::contains).forEach(part ->
                        events.add(SimpleConditionEvent.violated(type, type.getName() + " lies in a package '" + part + "'")));
            }
        }).as("packages should say what they do, not what their classes are: name the capability");
    }

    public static ArchRule classesSayWhatTheyAre() {
        return noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Helpers|Util|Utils)")
                .as("no class should be an Impl, Manager, Helper or Utils: name what it promises");
    }

    /** DESIGN §7: which views of the repository a service must not even name. */
    public static List<ArchRule> views() {
        Map<String, String> forbidden = new TreeMap<>(Map.of(
                "scheduler", "BackupReader|BackupWriter|BackupExpirer|VerificationWriter|crypto\\.SecretKeys",
                "worker", "BackupExpirer|VerificationWriter|crypto\\.SecretKeys",
                "verifier", "BackupWriter|BackupExpirer",
                "retention", "BackupReader|BackupWriter|VerificationWriter|crypto\\.SecretKeys",
                "notifier", ".*"));
        return forbidden.entrySet().stream().map(entry -> (ArchRule) noClasses().that()
                .resideInAPackage("dev.holdfast." + entry.getKey() + "..").should().dependOnClassesThat()
                .haveNameMatching("dev\\.holdfast\\.repository\\.(" + entry.getValue() + ")").allowEmptyShould(true)
                .as("the " + entry.getKey() + " should see only its own view of the repository (split credentials): "
                        + "leave the act to the service whose it is")).toList();
    }

    private static final class ServiceSlices implements com.tngtech.archunit.library.dependencies.SliceAssignment {

        @Override
        public String getDescription() {
            return "the five services";
        }

        @Override
        public com.tngtech.archunit.library.dependencies.SliceIdentifier getIdentifierOf(JavaClass type) {
            for (String service : SERVICES) {
                if (DescribedPredicate.describe("in " + service, (JavaClass candidate) ->
                        (candidate.getPackageName() + ".").startsWith(service.substring(0, service.length() - 1))).test(type)) {
                    return com.tngtech.archunit.library.dependencies.SliceIdentifier.of(service);
                }
            }
            return com.tngtech.archunit.library.dependencies.SliceIdentifier.ignore();
        }
    }

    /** Looks at the class file's string constants, which include the pieces of concatenations. */
    private static final class NameNoObjects extends ArchCondition<JavaClass> {

        NameNoObjects() {
            super("name no objects of a repository");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            for (PoolEntry entry : ClassFile.of().parse(bytes(type)).constantPool()) {
                if (entry instanceof StringEntry text && OBJECT_NAME.matcher(text.stringValue()).matches()) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " holds '" + text.stringValue() + "'"));
                }
            }
        }

        private static byte[] bytes(JavaClass type) {
            try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("reading the class file of " + type.getName(), e);
            }
        }
    }
}
