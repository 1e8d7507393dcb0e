package dev.holdfast.cli;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.holdfast.testkit.ArchitectureRules;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs here because only the cli sees every module. */
class ArchitectureTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // `mvn verify` hands a sibling's tests over as a jar, which the option above doesn't know.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.holdfast");

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void every_module_keeps_the_rule(ArchRule rule) {
        rule.check(ALL);
    }

    static Stream<ArchRule> rules() {
        return ArchitectureRules.all().stream();
    }
}
