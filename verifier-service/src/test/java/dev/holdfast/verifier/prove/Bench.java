package dev.holdfast.verifier.prove;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.Password;
import dev.holdfast.postgres.program.PgDump;
import dev.holdfast.postgres.program.PgDumpAll;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.postgres.scratch.ScratchSizing;
import dev.holdfast.postgres.source.SourceDescription;
import dev.holdfast.postgres.source.SourceProbe;
import dev.holdfast.repository.AttemptFolder;
import dev.holdfast.repository.BackupId;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.crypto.OpenPgp;
import dev.holdfast.repository.crypto.Recipients;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.repository.store.FileStore;
import dev.holdfast.repository.write.BackupCopies;
import dev.holdfast.repository.write.CopySettings;
import dev.holdfast.repository.write.Encoding;
import dev.holdfast.repository.write.StreamSpec;
import dev.holdfast.testkit.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A file repository, real dumps in it (changed on their way where a test wants that), and a prover. */
public final class Bench {

    public static final String ALIAS = "shop";

    public final Path root;
    public final Repository repository;
    private Path scratch;
    private PostgresTools installed;
    private final ToolSet tools;
    private Optional<Recipients> recipients = Optional.empty();
    private SecretKeys keys = SecretKeys.none();
    private UnaryOperator<byte[]> archiveChange = UnaryOperator.identity();
    private UnaryOperator<String> globalsChange = UnaryOperator.identity();
    private UnaryOperator<Manifest.Source> sourceChange = UnaryOperator.identity();
    private Consumer<ScratchCluster> afterRestore = cluster -> { };
    private long partBytes = 32L << 30;
    private boolean rolePasswords = true;

    public Bench(Path folder, PostgresServer server) {
        try {
            root = Files.createDirectories(folder.resolve("repository"));
            scratch = Files.createTempDirectory(Path.of("/tmp"), "hf-proof-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        scratch.toFile().deleteOnExit();
        repository = Repository.open("files", FileStore.at(root));
        installed = PostgresTools.locate(List.of(server.programFolder()));
        tools = installed.installed().getLast();
    }

    Bench encryptedTo(Path publicKey) {
        recipients = Optional.of(Recipients.read(List.of(publicKey)));
        return this;
    }

    Bench withKey(Path secretKey) {
        keys = SecretKeys.read(List.of(secretKey), new char[0]);
        return this;
    }

    /** Stored as if pg_dump had written it: sizes and checksums fit. */
    Bench archive(UnaryOperator<byte[]> change) {
        archiveChange = change;
        return this;
    }

    Bench globals(UnaryOperator<String> change) {
        globalsChange = change;
        return this;
    }

    Bench source(UnaryOperator<Manifest.Source> change) {
        sourceChange = change;
        return this;
    }

    Bench scratchIn(Path folder) {
        scratch = folder;
        return this;
    }

    /** As a worker dumps whose role may not read them. */
    Bench withoutRolePasswords() {
        rolePasswords = false;
        return this;
    }

    Bench partBytes(long bytes) {
        partBytes = bytes;
        return this;
    }

    /**
     * Proves with another program: the installed ones, and a shell script under that name. {@code $real} is the one it stands in
     * for, {@code $state} a folder that outlives a scratch cluster and that everybody may write.
     */
    Bench program(Path folder, String name, String script) {
        try (Stream<Path> programs = Files.list(tools.folder())) {
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            for (Path program : programs.toList()) {
                Files.createSymbolicLink(folder.resolve(program.getFileName()), program);
            }
            Path state = Files.createDirectory(folder.resolve("state"));
            Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.delete(folder.resolve(name));
            Files.setPosixFilePermissions(Files.writeString(folder.resolve(name), "#!/bin/sh\nreal=%s state=%s\n%s\n".formatted(
                    tools.program(name), state, script)), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        installed = PostgresTools.locate(List.of(folder));
        return this;
    }

    /** What gets lost on the way from the archive into the database. */
    Bench afterRestore(Consumer<ScratchCluster> change) {
        afterRestore = change;
        return this;
    }

    /** Executes SQL in the restored database before it is compared. */
    Bench afterRestore(String database, String sql) {
        return afterRestore(cluster -> cluster.query(database, sql, Duration.ofMinutes(1)));
    }

    public ManifestDocument backUp(PostgresServer.Database source) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        BackupId id = BackupId.requested("/test", UUID.randomUUID().toString(), "dump", now);
        AttemptFolder folder = new AttemptFolder(ALIAS, id, 1, AttemptFolder.newNonce());
        ConnectionSettings settings = ConnectionSettings.of(source.host(), source.port(), source.name(), source.user(),
                new Password(source.password()));
        Optional<Encoding> encryption = recipients.map(to -> out -> OpenPgp.encrypt(out, to));
        byte[] globals = bytes(globalsChange.apply(new String(dump(new PgDumpAll(settings, "test", rolePasswords, Duration.ofMinutes(1))),
                java.nio.charset.StandardCharsets.UTF_8)));
        byte[] data = archiveChange.apply(dump(new PgDump(settings, "test", Optional.empty(), Duration.ofMinutes(1))));
        try (BackupCopies copies = new BackupCopies(folder, List.of(repository.writer()), CopySettings.DEFAULT);
                SourceProbe probe = SourceProbe.connect(settings, "test")) {
            repository.writer().prepare();
            copies.write(StreamSpec.globals(folder, encryption), new ByteArrayInputStream(globals), () -> { });
            copies.write(StreamSpec.data(folder, "zstd", encryption, partBytes), new ByteArrayInputStream(data), () -> { });
            ManifestDocument document = ManifestDocument.of(new Manifest(1, id.toString(), ALIAS, "dump", 1, folder.nonce(),
                    now, now, now.plusSeconds(1), now, sourceChange.apply(described(probe.describe())),
                    new Manifest.Tool("pg_dump", tools.version(), tools.major()),
                    new Manifest.Encryption(recipients.isPresent() ? "openpgp" : "none",
                            recipients.map(Recipients::fingerprints).orElse(List.of())),
                    copies.commitStreams(), new Manifest.Request("/test", id.toString(), "test", "test"), Map.of()));
            copies.commitManifest(document);
            return document;
        }
    }

    Verification prove(ManifestDocument backup) {
        return prove(backup, ProofOrder.equal());
    }

    Verification prove(ManifestDocument backup, ProofOrder order) {
        return prover().prove(repository, backup, order, (phase, bytes, total) -> { }).verification();
    }

    Repository repository() {
        return repository;
    }

    public ProveBackup prover() {
        return new ProveBackup(new ProverSettings("a test", scratch, Optional.empty(), installed, ScratchSizing.of(1, 512L << 20)),
                () -> keys, Clock.systemUTC(), afterRestore);
    }

    /** Backs up and proves. */
    Verification prove(PostgresServer.Database source) {
        return prove(backUp(source));
    }

    public Path scratch() {
        return scratch;
    }

    /** The stored objects of one backup whose names hold this. */
    public Path stored(ManifestDocument backup, String part) {
        try (Stream<Path> files = Files.walk(root.resolve("db").resolve(ALIAS).resolve(backup.id().toString()))) {
            return files.filter(file -> file.getFileName().toString().contains(part)).sorted().findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] dump(PostgresCommand command) {
        try (RunningProgram program = command.start(tools)) {
            byte[] bytes = program.stdout().readAllBytes();
            command.check(program.await(Duration.ofMinutes(2)));
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest.Source described(SourceDescription found) {
        return new Manifest.Source(found.systemIdentifier().orElse(null), found.databaseName(), found.serverVersion(),
                found.serverMajor(), "0/1", found.timeline(), found.encoding(), found.collate(), found.ctype(),
                found.localeProvider(), found.collationVersion().orElse(null), found.databaseBytes(), found.owner(),
                found.extensions().stream().map(e -> new Manifest.Extension(e.name(), e.version(), e.schema())).toList(),
                found.preloadLibraries(), found.roles(), found.tablespaces(), found.settings());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
