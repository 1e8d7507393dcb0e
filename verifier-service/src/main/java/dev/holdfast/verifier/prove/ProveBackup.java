package dev.holdfast.verifier.prove;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.PostgresCommand;
import dev.holdfast.postgres.program.RunningProgram;
import dev.holdfast.postgres.program.ToolSet;
import dev.holdfast.postgres.scratch.ScratchCluster;
import dev.holdfast.postgres.scratch.ScratchSpace;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.VerificationDocument;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Manifest.DataStream;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.restore.Fingerprints;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves one copy of a backup and stores the evidence beside it. The result is verified, refuted with findings, or
 * unproven with a reason; what is the verifier's own trouble is none of them and thrown.
 */
public final class ProveBackup {

    private static final Logger LOG = LoggerFactory.getLogger(ProveBackup.class);

    private final ProverSettings settings;
    private final Supplier<SecretKeys> keys;
    private final Clock clock;
    private final Consumer<ScratchCluster> afterRestore;

    /** @param keys asked only where a backup is encrypted */
    public ProveBackup(ProverSettings settings, Supplier<SecretKeys> keys, Clock clock) {
        this(settings, keys, clock, cluster -> { });
    }

    /** @param afterRestore lets a test change what was restored before it is compared */
    ProveBackup(ProverSettings settings, Supplier<SecretKeys> keys, Clock clock, Consumer<ScratchCluster> afterRestore) {
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
        this.afterRestore = afterRestore;
    }

    /**
     * Takes as long as a restore. Interrupting ends it with code {@code interrupted}.
     *
     * @throws HoldfastException the verifier's own trouble, or what {@link ProofProgress#found} threw; nothing is stored then
     */
    public VerificationDocument prove(Repository repository, ManifestDocument manifest, ProofOrder order,
            ProofProgress progress) {
        repository.verificationWriter().check();
        Evidence evidence = new Evidence(manifest, repository.name(), settings.verifier(), clock);
        Verification verification = judge(new Subject(repository, manifest, order, progress, evidence));
        progress.found();
        VerificationDocument stored = repository.verificationWriter().add(manifest, verification);
        new LatestVerified(repository, order.policy().label()).update(manifest.alias());
        return stored;
    }

    private Verification judge(Subject subject) {
        try {
            return judgeOnce(subject);
        } catch (Unconfirmed first) {
            LOG.warn("proving {} of {}: {}; all of it is done once more", subject.manifest().backupId(), subject.repository().name(),
                    first.defect().findings().shown());
            return judgeAgain(first, subject.again());
        }
    }

    /** What one program said once may be its own failure (no memory, a signal that it caught): twice it is the backup's. */
    private Verification judgeAgain(Unconfirmed first, Subject again) {
        try {
            return judgeOnce(again);
        } catch (Unconfirmed second) {
            return second.confirms(first) ? again.evidence().refuted(second.defect().findings())
                    : again.evidence().unproven("tool", "the programs failed twice, at different places, and nothing else speaks against the backup");
        }
    }

    private Verification judgeOnce(Subject subject) {
        try {
            run(subject);
            return subject.evidence().verified();
        } catch (HoldfastException failure) {
            return verdict(Verdicts.of(failure), subject.evidence());
        } catch (Defect | NotProvable known) {
            return verdict(known, subject.evidence());
        }
    }

    private static Verification verdict(RuntimeException known, Evidence evidence) {
        return switch (known) {
            case Defect defect -> evidence.refuted(defect.findings());
            case NotProvable notProvable -> evidence.unproven(notProvable.reason(), notProvable.getMessage());
            default -> throw known;
        };
    }

    private void run(Subject subject) {
        Evidence evidence = subject.evidence();
        if (!subject.order().level().includes(Level.ARCHIVE)) {
            evidence.timed("checksum", () -> checksums(subject));
            evidence.reached(Level.CHECKSUM);
            return;
        }
        ScratchTools tools = new ScratchTools(settings.tools());
        try (Scratch scratch = subject.order().level().includes(Level.RESTORE) ? scratch(subject, tools) : Scratch.none();
                ArchiveReader reader = scratch.cluster().map(ArchiveReader::within)
                        .orElseGet(() -> ArchiveReader.of(settings, tools.reader(subject.manifest()), evidence))) {
            evidence.timed("archive", () -> archive(subject, reader::start));
            evidence.reached(Level.ARCHIVE);
            if (subject.order().level().includes(Level.RESTORE)) {
                new RestoreProof(subject, scratch.require(), afterRestore).run();
            }
        }
    }

    /** What stands in the way of a scratch cluster is told only after the archive was read: damage outranks it. */
    private Scratch scratch(Subject subject, ScratchTools tools) {
        try {
            ToolSet server = tools.requireServer(subject.manifest());
            ScratchSpace.Reserved room = ScratchSpace.reserve(settings.scratch(), subject.manifest().source().databaseBytes(),
                    settings.sizing());
            return started(subject, server, room);
        } catch (NotProvable obstacle) {
            return Scratch.not(obstacle);
        } catch (HoldfastException failure) {
            return Scratch.not(Verdicts.of(failure));
        }
    }

    private Scratch started(Subject subject, ToolSet server, ScratchSpace.Reserved room) {
        try {
            ScratchCluster cluster = ScratchCluster.start(Scratch.spec(settings, server, subject.manifest()));
            subject.evidence().isolation(cluster.isolation().label());
            return Scratch.of(cluster, room);
        } catch (RuntimeException | Error e) {
            room.close();
            throw e;
        }
    }

    private void checksums(Subject subject) {
        long total = subject.document().storedBytes();
        LongConsumer count = subject.counting("checksum", total);
        for (DataStream stream : subject.streams()) {
            try (InputStream in = subject.repository().reader().openStored(subject.document(), stream)) {
                drain(in, count);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }

    private void archive(Subject subject, Function<PostgresCommand, RunningProgram> programs) {
        SecretKeys opened = subject.isEncrypted() ? requireKeys() : SecretKeys.none();
        subject.unlock(opened);
        if (!oneLine(subject.manifest().source().databaseName()).equals(subject.manifest().source().databaseName())) {
            throw new NotProvable("tool", "pg_restore writes no script for a database whose name holds a line feed", null);
        }
        LongConsumer count = subject.counting("archive", subject.plainBytes());
        try (InputStream globals = subject.open("globals")) {
            drain(globals, count);
        } catch (IOException e) {
            throw unreadable(e);
        }
        try (InputStream data = subject.open("data")) {
            subject.evidence().archive(new Fingerprints(programs).ofArchive(data, count));
        } catch (IOException e) {
            throw unreadable(e);
        }
        checkDatabase(subject);
    }

    /** Keys that do not fit refute a copy; where there are none at all, this verifier has no say. */
    private SecretKeys requireKeys() {
        SecretKeys opened = keys.get();
        if (opened.isEmpty()) {
            throw new HoldfastException(FailureKind.PERMANENT, "secret-key-missing",
                    "decrypting a backup: no secret key that decrypts is configured",
                    "name the secret key's file under keys.secret-keys where the verifier runs");
        }
        return opened;
    }

    /** An archive names the database that it was made of; a copy of another database's fits every checksum. */
    private static void checkDatabase(Subject subject) {
        String expected = oneLine(subject.manifest().source().databaseName());
        String found = subject.evidence().archive().databaseName().orElse("none");
        if (!expected.equals(found)) {
            throw Defect.of("database", "data", "a dump of database " + expected, "a dump of database " + found, null);
        }
    }

    /** As the dump programs write names into headers. */
    private static String oneLine(String name) {
        return name.replace('\n', ' ').replace('\r', ' ');
    }

    private static void drain(InputStream in, LongConsumer count) throws IOException {
        byte[] piece = new byte[1 << 17];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            count.accept(read);
        }
    }

    static HoldfastException unreadable(IOException e) {
        return new HoldfastException(FailureKind.RETRIABLE, "source-unreadable", "reading a stored stream: " + e,
                "check the repository's store", e);
    }
}
