package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell scripts, on a machine that a folder of programs stands for. */
class ScriptsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> BASE = List.of("bash", "sh", "dirname", "readlink", "sed", "id", "find", "env", "grep",
            "date", "head", "wc", "cat", "awk", "sort", "mkdir", "tee", "rm", "touch", "mktemp", "chmod");

    @TempDir
    Path folder;
    private Path programs;

    @BeforeEach
    void machineWithNothingButTheBase() throws IOException {
        programs = Files.createDirectory(folder.resolve("programs"));
        for (String program : BASE) {
            for (String place : List.of("/usr/bin", "/bin")) {
                Path found = Path.of(place, program);
                if (Files.exists(found) && !Files.exists(programs.resolve(program))) {
                    program(program, "exec " + found + " \"$@\"");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bin/holdfast", "bin/test", "bin/lib/machine.sh", "bin/lib/build.sh", "bin/lib/skipped.sh", ".ci/run",
        "scripts/backup-database.sh"})
    void bash_reads_every_script(String script) throws Exception {
        assertThat(run(Map.of(), "bash", "-n", ROOT.resolve(script).toString()).exit()).isZero();
    }

    @Test
    void without_a_terminal_and_without_yes_it_names_what_is_missing_and_why_and_changes_nothing() throws Exception {
        program("apt-get", "echo ran >> " + folder.resolve("apt-get.log"));
        Run demo = run(bare(), ROOT.resolve("bin/holdfast").toString(), "demo");
        assertThat(demo.exit()).isEqualTo(2);
        assertThat(demo.err()).contains("a JDK, version 25 or newer").contains("PostgreSQL server and client programs").contains("GnuPG")
                .contains("--yes");
        assertThat(folder.resolve("apt-get.log")).doesNotExist();
    }

    @Test
    void where_the_package_manager_has_no_jdk_25_it_says_what_to_install_and_installs_nothing() throws Exception {
        program("apt-get", "echo \"$@\" >> " + folder.resolve("apt-get.log"));
        program("apt-cache", "printf 'x:\\n  Candidate: (none)\\n'");
        program("sudo", "exec \"$@\"");
        Run test = run(bare(), ROOT.resolve("bin/test").toString(), "--yes");
        assertThat(test.exit()).isEqualTo(2);
        assertThat(test.err()).contains("temurin-25-jdk").contains("JAVA_HOME").contains("Nothing was installed");
        assertThat(Files.readString(folder.resolve("apt-get.log"))).contains("update").doesNotContain("install");
    }

    /** The package manager says nothing of what is asked for but lays down what the packages hold. */
    @Test
    void what_is_missing_is_installed_by_root_without_starting_a_server_and_nothing_else() throws Exception {
        Path log = folder.resolve("apt-get.log");
        Path sbin = Files.createDirectory(folder.resolve("sbin"));
        program("apt-cache", "case $2 in openjdk-25*) echo '  Candidate: 25.0.1-1';; *) echo '  Candidate: (none)';; esac");
        program("sudo", "echo \"$@\" >> " + folder.resolve("sudo.log") + "; exec \"$@\"");
        program("id", "echo 1000");
        program("apt-get", """
                echo "$@" >> %1$s
                case " $* " in *" install "*)
                    cat %2$s/createcluster.d/holdfast.conf >> %1$s
                    %2$s/policy-rc.d; echo "policy $?" >> %1$s
                    mkdir -p %3$s/17/bin
                    for name in initdb postgres pg_dump pg_amcheck; do echo '#!/bin/sh' > %3$s/17/bin/$name; chmod 755 %3$s/17/bin/$name; done
                    echo '#!/bin/sh' > %4$s/mvn; chmod 755 %4$s/mvn
                esac""".formatted(log, sbin, folder.resolve("postgres"), programs));
        Run run = run(Map.of("HOLDFAST_JVM_FOLDER", folder.resolve("none").toString(), "HOLDFAST_POSTGRES_FOLDER",
                folder.resolve("postgres").toString()), "bash", "-c", ". '" + ROOT.resolve("bin/lib/machine.sh") + "'; CLUSTER_DROP_IN=" + sbin
                + "/createcluster.d/holdfast.conf START_POLICY=" + sbin + "/policy-rc.d ASSUME_YES=1; ensure maven postgresql; echo ensured");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("ensured");
        assertThat(run.err()).contains("Maven (mvn)").contains("PostgreSQL server and client programs").contains("Installing maven postgresql");
        assertThat(Files.readAllLines(log)).satisfiesExactly(line -> assertThat(line).endsWith(" update"),
                line -> assertThat(line).endsWith(" install --no-install-recommends maven postgresql"),
                line -> assertThat(line).isEqualTo("create_main_cluster = false"), line -> assertThat(line).isEqualTo("policy 101"));
        assertThat(Files.readString(folder.resolve("sudo.log"))).contains("apt-get");
        assertThat(sbin.resolve("policy-rc.d")).doesNotExist();
        assertThat(sbin.resolve("createcluster.d/holdfast.conf")).doesNotExist();
    }

    @Test
    void an_installation_that_brings_too_little_says_what_is_still_missing() throws Exception {
        program("apt-get", "exit 0");
        Run run = run(bare(), "bash", "-c", ". '" + ROOT.resolve("bin/lib/machine.sh") + "'; ASSUME_YES=1; id() { echo 0; }; ensure maven; echo ensured");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).doesNotContain("ensured");
        assertThat(run.err()).contains("Still missing after the installation").contains("Maven (mvn)");
    }

    @Test
    void a_jdk_that_is_not_the_default_is_found_and_an_older_one_is_not_taken() throws Exception {
        jdk("jvm/java-17", "17.0.15");
        Path newer = jdk("jvm/a jdk-25", "25.0.3");
        Run found = run(Map.of("HOLDFAST_JVM_FOLDER", folder.resolve("jvm").toString()), "bash", "-c",
                ". '" + ROOT.resolve("bin/lib/machine.sh") + "'; find_jdk && printf '%s' \"$JDK\"");
        assertThat(found.out()).isEqualTo(newer.toString());
    }

    @Test
    void a_skip_that_no_list_names_fails_and_one_with_a_reason_does_not() throws Exception {
        Path reports = Files.createDirectories(folder.resolve("m/target/surefire-reports"));
        Files.writeString(reports.resolve("TEST-a.B.xml"), """
                <testsuite><testcase name="runs" classname="a.B"/>
                <testcase name="needs_a_&quot;thing&quot;" classname="a.B" time="0">
                <skipped message="no thing &amp; no other"/></testcase></testsuite>
                """);
        Path allowed = Files.writeString(folder.resolve("allowed"), "# name\treason\n");
        String script = ". '" + ROOT.resolve("bin/lib/machine.sh") + "'; . '" + ROOT.resolve("bin/lib/skipped.sh")
                + "'; report_skipped '" + folder + "' '" + allowed + "'";
        Run unlisted = run(Map.of(), "bash", "-c", script);
        assertThat(unlisted.exit()).isEqualTo(1);
        assertThat(unlisted.err()).contains("a.B.needs_a_\"thing\": no thing & no other  [not in");
        Files.writeString(allowed, "a.B.needs_a_\"thing\"\tthe build machine has no thing\n");
        assertThat(run(Map.of(), "bash", "-c", script).exit()).isZero();
    }

    @Test
    void the_reason_of_an_assumption_is_read_out_of_its_stack_trace() throws Exception {
        Path reports = Files.createDirectories(folder.resolve("m/target/surefire-reports"));
        Files.writeString(reports.resolve("TEST-a.B.xml"), """
                <testsuite><testcase name="needs" classname="a.B" time="0">
                <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException:\s
                assumption was not met due to: [this system has /dev/full]\s
                	at java.base/java.lang.Thread.run(Thread.java:1)
                ]]></skipped></testcase><testcase name="one_line" classname="a.B">
                <skipped type="x.Y"><![CDATA[x.YException: no network]]></skipped></testcase></testsuite>
                """);
        Run run = run(Map.of(), "bash", "-c", ". '" + ROOT.resolve("bin/lib/skipped.sh") + "'; skipped_tests '" + folder + "'");
        assertThat(run.out()).isEqualTo("""
                a.B.needs\tassumption was not met due to: [this system has /dev/full]
                a.B.one_line\tno network
                """);
    }

    @Test
    void the_classic_script_names_the_variable_that_it_needs() throws Exception {
        Run run = run(Map.of(), ROOT.resolve("scripts/backup-database.sh").toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("DB_NAME");
    }

    @Test
    void the_classic_script_refuses_a_webhook_without_the_key_that_signs() throws Exception {
        Run run = run(Map.of("DB_NAME", "shop", "BACKUP_DIR", folder.resolve("backups").toString(), "BACKUP_NOTIFICATION_WEBHOOK",
                "http://127.0.0.1:1/"), ROOT.resolve("scripts/backup-database.sh").toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("BACKUP_NOTIFICATION_SECRET").contains("whsec_");
        assertThat(folder.resolve("backups")).doesNotExist();
    }

    @Test
    void the_classic_script_does_not_back_up_another_database_when_a_configuration_is_in_the_way() throws Exception {
        Path holdfast = folder.resolve("holdfast");
        assertThat(Files.writeString(holdfast, "#!/bin/sh\necho \"$1\" >> '" + folder.resolve("calls")
                + "'\nprintf '{\\n  \"origin\" : \"/etc/holdfast/holdfast.yml\",\\n  \"databases\" : [ \"other\" ]\\n}\\n'\n")
                .toFile().setExecutable(true)).isTrue();
        Run run = run(Map.of("DB_NAME", "shop", "BACKUP_DIR", folder.resolve("backups").toString(), "HOLDFAST", holdfast.toString()),
                ROOT.resolve("scripts/backup-database.sh").toString());
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("backups/backup.log"))).contains("/etc/holdfast/holdfast.yml is in the way");
        assertThat(Files.readAllLines(folder.resolve("calls"))).containsExactly("config");
    }

    @Test
    void the_classic_script_says_4_and_prunes_nothing_where_the_proof_could_not_even_be_made() throws Exception {
        Path holdfast = folder.resolve("holdfast");
        assertThat(Files.writeString(holdfast, """
                #!/bin/sh
                echo "$1" >> '%s'
                case $1 in
                    config) printf '{\\n  "origin" : "environment",\\n  "databases" : [ "shop" ]\\n}\\n' ;;
                    backup) printf '{\\n  "backupId" : "20260203T020000Z-dump-3fa9c1d2e4b5"\\n}\\n' ;;
                    verify) echo "holdfast: no secret key" >&2; exit 1 ;;
                esac
                """.formatted(folder.resolve("calls"))).toFile().setExecutable(true)).isTrue();
        Run run = run(Map.of("DB_NAME", "shop", "BACKUP_DIR", folder.resolve("backups").toString(), "HOLDFAST", holdfast.toString()),
                ROOT.resolve("scripts/backup-database.sh").toString());
        assertThat(run.exit()).as(run.err()).isEqualTo(4);
        assertThat(Files.readString(folder.resolve("backups/backup.log"))).contains("no secret key").contains("NOT VERIFIED (exit 4");
        assertThat(Files.readAllLines(folder.resolve("calls"))).containsExactly("config", "backup", "verify");
    }

    private Map<String, String> bare() {
        return Map.of("HOLDFAST_JVM_FOLDER", folder.resolve("none").toString(), "HOLDFAST_POSTGRES_FOLDER",
                folder.resolve("none").toString());
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Files.createDirectories(home.resolve("bin"));
        for (String tool : List.of("java", "javac")) {
            assertThat(Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\n").toFile().setExecutable(true)).isTrue();
        }
        return home;
    }

    private void program(String name, String script) throws IOException {
        assertThat(Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n").toFile().setExecutable(true)).isTrue();
    }

    private record Run(int exit, String out, String err) {
    }

    private Run run(Map<String, String> environment, String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of("env", "-i", "PATH=" + programs, "HOME=" + folder));
        environment.forEach((name, value) -> whole.add(name + "=" + value));
        whole.addAll(List.of(command));
        Path err = folder.resolve("stderr");
        Process process = new ProcessBuilder(whole).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err));
    }
}
