package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureRulesTest {

    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages("dev.holdfast");

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void each_rule_finds_its_fixture_and_says_what_to_do(ArchRule rule, String fixture, String advice) {
        assertThatThrownBy(() -> rule.check(BROKEN)).isInstanceOf(AssertionError.class).hasMessageContaining(fixture)
                .hasMessageContaining(advice);
    }

    static Stream<Arguments> each_rule_finds_its_fixture_and_says_what_to_do() {
        return Stream.of(
                Arguments.of(ArchitectureRules.servicesAreStrangers(), "ImportsTheVerifier", "publish an event"),
                Arguments.of(ArchitectureRules.librariesDoNotKnowServices(), "KnowsKafka", "pass in what it needs"),
                Arguments.of(ArchitectureRules.librariesArePlain(), "KnowsKafka", "libs/service-kit"),
                Arguments.of(ArchitectureRules.onlyPostgresToolsStartsPrograms(), "StartsAProgram", "command type"),
                Arguments.of(ArchitectureRules.onlyTheRepositoryKnowsObjectNames(), "BuildsObjectNames", "ask a view"),
                Arguments.of(ArchitectureRules.packagesSayWhatTheyDo(), "ScheduleManager", "name the capability"),
                Arguments.of(ArchitectureRules.classesSayWhatTheyAre(), "ScheduleManager", "name what it promises"),
                Arguments.of(ArchitectureRules.views().getFirst(), "SeesTheRepository", "leave the act"));
    }

    @Test
    void classes_that_break_nothing_pass_every_rule() {
        JavaClasses fine = new ClassFileImporter().importClasses(SettableClock.class, KafkaServer.class);
        assertThat(ArchitectureRules.all()).hasSize(12).allSatisfy(rule ->
                assertThatCode(() -> rule.allowEmptyShould(true).check(fine)).doesNotThrowAnyException());
    }
}
