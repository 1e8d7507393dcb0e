package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeedsNamespacesTest {

    @Test
    void the_reason_is_what_unshare_says(@TempDir Path folder) throws IOException {
        Path unshare = Files.writeString(folder.resolve("unshare"), "#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n");
        Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(NeedsNamespaces.refusal(unshare.toString())).isEqualTo("unshare: Operation not permitted");
        assertThat(NeedsNamespaces.refusal(folder.resolve("none").toString())).contains("none");
        Files.writeString(unshare, "#!/bin/sh\nexit 0\n");
        assertThat(NeedsNamespaces.refusal(unshare.toString())).isNull();
    }
}
