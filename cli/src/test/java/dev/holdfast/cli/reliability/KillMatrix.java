package dev.holdfast.cli.reliability;

import dev.holdfast.postgres.scratch.FolderTree;
import dev.holdfast.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Plays cases of the matrix one after another in one installation, which lives as long as a test class; each has a database of its own. */
final class KillMatrix implements BeforeAllCallback, AfterAllCallback {

    private final List<KillCase> cases;
    private Path folder;
    private Installation installation;

    KillMatrix(List<KillCase> cases) {
        this.cases = List.copyOf(cases);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("holdfast-kills-");
        installation = new Installation(folder, PostgresServer.shared().createDatabase(),
                cases.stream().map(KillCase::database).toList());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (installation != null) {
            installation.close();
        }
        if (folder != null) {
            FolderTree.delete(folder);
        }
    }

    Outcome play(KillCase which) {
        installation.awaitReady();
        try {
            Scene scene = new Blow(installation, which).strike();
            installation.awaitReady();
            return new Aftermath(installation, which.toString()).of(scene);
        } finally {
            installation.stopSecondWorker();
        }
    }
}
