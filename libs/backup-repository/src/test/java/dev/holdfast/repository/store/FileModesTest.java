package dev.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may read a file repository, whatever the umask of the service that writes it. */
class FileModesTest {

    private static final int SET_GROUP_ID = 02000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"000,755,750,640", "077,755,750,640", "077,750,750,640", "022,700,700,600", "077,770,770,640",
        "000,777,770,640"})
    void the_root_decides_and_others_get_nothing(String umask, String root, String folders, String files) throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        mode(repository, SET_GROUP_ID | Integer.parseInt(root, 8));
        WritingProcess.Result result = WritingProcess.run(List.of(), "umask " + umask + "; exec \"$@\"", StoreOne.class, repository);
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(mode(repository.resolve("db/deep/object"))).isEqualTo(files);
        for (String each : List.of("db", "db/deep")) {
            assertThat(mode(repository.resolve(each))).as(each).isEqualTo("2" + folders);
        }
    }

    static final class StoreOne {

        private StoreOne() {
        }

        public static void main(String[] arguments) {
            FileStore.at(Path.of(arguments[0])).create("db/deep/object", new byte[] {1});
        }
    }

    private static String mode(Path path) throws IOException {
        return Integer.toOctalString((int) Files.getAttribute(path, "unix:mode") & 07777);
    }

    private static void mode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }
}
