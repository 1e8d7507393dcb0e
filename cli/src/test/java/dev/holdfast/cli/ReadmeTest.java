package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.holdfast.repository.crypto.KeyGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md and the other pages tell people to write, to type and to open is there and works. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

    @TempDir
    Path folder;

    @Test
    void the_configuration_of_the_readme_has_no_mistake() throws Exception {
        Files.writeString(folder.resolve("holdfast.yml"), blocks("yaml").getFirst());
        KeyGenerator.generate("Test", new char[0], folder.resolve("backup.asc"), folder.resolve("restore-key.asc"), Clock.systemUTC());
        Cli check = Cli.run(folder, Map.of(), "config", "check");
        assertThat(check.exit()).as(check.err()).isZero();
        assertThat(blocks("yaml").getFirst().lines()).hasSize(10);
    }

    @Test
    void every_command_of_the_readme_is_one() throws Exception {
        List<String> commands = blocks("sh").stream().flatMap(String::lines).map(line -> line.replaceFirst("\\s+#.*", ""))
                .filter(line -> !line.isBlank()).toList();
        assertThat(commands).hasSizeGreaterThan(6);
        for (String command : commands) {
            String[] words = command.split(" ");
            assertThat(ROOT.resolve(words[0])).as(command).isExecutable();
            if (words[0].equals("bin/holdfast")) {
                String[] arguments = Stream.of(words).skip(1).toArray(String[]::new);
                assertThatCode(() -> Main.commandLine(Surroundings.ofProcess()).parseArgs(arguments)).as(command).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void every_link_to_a_file_of_this_project_leads_somewhere() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
            while (link.find()) {
                if (!link.group(1).contains(":") && !Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void every_decision_is_on_the_list_of_decisions() throws Exception {
        String list = Files.readString(ROOT.resolve("docs/adr/README.md"));
        try (Stream<Path> decisions = Files.list(ROOT.resolve("docs/adr"))) {
            assertThat(decisions.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\d{4}-.*")))
                    .isNotEmpty().allSatisfy(name -> assertThat(list).contains("(" + name + ")"));
        }
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path start : List.of(ROOT, ROOT.resolve("libs"))) {
            try (Stream<Path> modules = Files.list(start)) {
                modules.map(module -> module.resolve("RATIONALE.md")).filter(Files::exists).forEach(pages::add);
            }
        }
        pages.addAll(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> documents = Files.walk(ROOT.resolve("docs"))) {
            documents.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher block = Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(Files.readString(ROOT.resolve("README.md")));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}
