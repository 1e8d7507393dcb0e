package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.catalog.BackupDetails;
import dev.holdfast.cli.catalog.BackupEntry;
import dev.holdfast.cli.demo.DemoReport;
import dev.holdfast.scheduler.status.Reason;
import dev.holdfast.scheduler.status.Status;
import dev.holdfast.service.pause.Pauses;
import dev.holdfast.cli.log.DeliveryStates;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md says what the command does: both ways, so that neither can go stale. */
class CliDocumentTest {

    private static final List<Class<?>> DOCUMENTS = List.of(HoldfastCommand.FailureDocument.class, HoldfastCommand.Failure.class,
            ListCommand.Listing.class, BackupEntry.class, BackupEntry.Copy.class, BackupDetails.class, FollowRun.Outcome.class,
            VerifyCommand.Proven.class, PruneCommand.Pruned.class, PruneCommand.Part.class, PruneCommand.Judged.class,
            ConfigCommand.Check.Checked.class, DeliveriesCommand.DeliveryListing.class, DeliveryStates.State.class,
            RedeliverCommand.Redelivered.class, RedeliverCommand.Repetition.class, NotifyCommand.Test.NotifyTest.class, KeyCommand.New.KeyMade.class, UpCommand.Up.class, DemoReport.class, Status.class,
            Status.DatabaseState.class, Status.VerifiedBackup.class, Status.ActiveRun.class, Status.FailedRun.class,
            Status.ServiceState.class, Status.InstanceState.class, Status.StandingAlert.class, Reason.class, Pauses.Pause.class,
            Controlled.class, TokenCommand.New.TokenMade.class);

    private final CommandLine holdfast = Main.commandLine(Surroundings.ofProcess());
    private final String page = read();

    @Test
    void every_command_and_every_option_of_its_own_is_on_the_page() {
        holdfast.getSubcommands().forEach((name, command) -> {
            String row = row("`" + name);
            leaf(command).options().stream().filter(option -> !option.inherited() && !isStandard(option))
                    .forEach(option -> assertThat(row).as(name).contains("`" + option.longestName()));
        });
    }

    @Test
    void every_option_on_the_page_is_one_of_the_command() {
        Set<String> known = new TreeSet<>(Set.of("--no-follow"));
        holdfast.getCommandSpec().options().forEach(option -> known.addAll(List.of(option.names())));
        holdfast.getSubcommands().values().forEach(command -> leaf(command).options()
                .forEach(option -> known.addAll(List.of(option.names()))));
        Matcher option = Pattern.compile("--[a-z][a-z-]+").matcher(page);
        while (option.find()) {
            assertThat(known).contains(option.group());
        }
    }

    @Test
    void every_exit_code_is_on_the_page() {
        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("| " + code.code() + " | " + code.name().toLowerCase().replace('_', ' ').replace("usage", "usage or configuration"));
        }
    }

    @Test
    void every_field_of_every_json_document_is_on_the_page_and_no_other() {
        for (Class<?> document : DOCUMENTS) {
            String fields = row("`" + document.getSimpleName() + "` |").split("\\|")[3].replaceAll("\\([^)]*\\)", "");
            Set<String> described = new TreeSet<>();
            Matcher field = Pattern.compile("`([A-Za-z0-9]+)`").matcher(fields);
            while (field.find()) {
                described.add(field.group(1));
            }
            assertThat(described).as(document.getSimpleName()).isEqualTo(new TreeSet<>(
                    Arrays.stream(document.getRecordComponents()).map(RecordComponent::getName).toList()));
        }
    }

    private String row(String start) {
        Optional<String> row = page.lines().filter(line -> line.startsWith("| " + start)).findFirst();
        assertThat(row).as("a row in docs/cli.md that begins with | " + start).isPresent();
        return row.orElseThrow();
    }

    /** {@code config check} and {@code key new} are documented by their second word. */
    private static CommandSpec leaf(CommandLine command) {
        return command.getSubcommands().isEmpty() ? command.getCommandSpec()
                : command.getSubcommands().values().iterator().next().getCommandSpec();
    }

    private static boolean isStandard(OptionSpec option) {
        return option.usageHelp() || option.versionHelp();
    }

    private static String read() {
        try {
            return Files.readString(Path.of("..", "docs", "cli.md"));
        } catch (IOException e) {
            throw new AssertionError("docs/cli.md", e);
        }
    }
}
