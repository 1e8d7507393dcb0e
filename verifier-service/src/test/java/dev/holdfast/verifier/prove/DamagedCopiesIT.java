package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.crypto.KeyGenerator;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to stored objects. All but the last are found before anything is restored. */
@ExtendWith(PostgresExtension.class)
class DamagedCopiesIT {

    @TempDir
    Path folder;
    private Bench bench;
    private Database source;
    private final ProofOrder archive = new ProofOrder(Level.ARCHIVE, java.util.List.of());

    @BeforeEach
    void source(PostgresServer server, Database database) {
        database.exec("CREATE TABLE t (a int, b text); INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 2000) i");
        source = database;
        bench = new Bench(folder, server);
    }

    @Test
    void a_flipped_bit_in_data() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        flip(bench.stored(backup, "data.dump"));
        refuted(bench.prove(backup, archive), "data.dump");
    }

    @Test
    void a_flipped_bit_in_data_at_the_level_of_checksums() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        ProofOrder checksum = new ProofOrder(Level.CHECKSUM, java.util.List.of());
        assertThat(bench.prove(backup, checksum).outcome()).isEqualTo("verified");
        flip(bench.stored(backup, "data.dump"));
        Verification proof = bench.prove(backup, checksum);
        refuted(proof, "data.dump");
        assertThat(proof.findings().getFirst().what()).isEqualTo("changed object");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.35, 0.5, 0.65, 0.8})
    void a_flipped_bit_wherever_in_large_objects(double where, PostgresServer server, Database database) throws IOException {
        database.exec("SELECT setseed(0.5); SELECT lo_from_bytea(0, (SELECT decode(string_agg(md5(random()::text), ''), 'hex')"
                + " FROM generate_series(1, 40000))) FROM generate_series(1, 3)");
        ManifestDocument backup = bench.backUp(database);
        Path data = bench.stored(backup, "data.dump");
        byte[] bytes = Files.readAllBytes(data);
        bytes[(int) (bytes.length * where)] ^= 1;
        overwrite(data, bytes);
        refuted(bench.prove(backup, archive), "data.dump");
    }

    @Test
    void a_flipped_bit_in_globals() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        flip(bench.stored(backup, "globals"));
        refuted(bench.prove(backup, archive), "globals");
    }

    @Test
    void a_truncated_object() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        Path data = bench.stored(backup, "data.dump");
        byte[] bytes = Files.readAllBytes(data);
        overwrite(data, Arrays.copyOf(bytes, bytes.length - 100));
        Verification proof = bench.prove(backup, archive);
        refuted(proof, "data.dump");
        assertThat(proof.findings().getFirst().what()).isEqualTo("truncated object");
    }

    @Test
    void a_missing_object() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        Files.delete(bench.stored(backup, "data.dump"));
        Verification proof = bench.prove(backup, archive);
        refuted(proof, "data.dump");
        assertThat(proof.findings().getFirst().found()).isEqualTo("no object");
    }

    @Test
    void two_swapped_objects() throws IOException {
        ManifestDocument backup = bench.partBytes(20_000).backUp(source);
        Path first = bench.stored(backup, "data.dump.zst.000");
        Path second = bench.stored(backup, "data.dump.zst.001");
        Path aside = folder.resolve("aside");
        Files.move(first, aside);
        Files.move(second, first);
        Files.move(aside, second, StandardCopyOption.REPLACE_EXISTING);
        refuted(bench.prove(backup, archive), "data.dump");
    }

    @Test
    void the_wrong_key() {
        Path other = folder.resolve("other.asc");
        KeyGenerator.generate("one <a@example>", new char[0], folder.resolve("pub.asc"), folder.resolve("sec.asc"), Clock.systemUTC());
        KeyGenerator.generate("two <b@example>", new char[0], folder.resolve("otherpub.asc"), other, Clock.systemUTC());
        ManifestDocument backup = bench.encryptedTo(folder.resolve("pub.asc")).withKey(folder.resolve("sec.asc")).backUp(source);
        assertThat(bench.prove(backup, archive).outcome()).isEqualTo("verified");
        Verification proof = bench.withKey(other).prove(backup, archive);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings().getFirst().what()).isEqualTo("key");
    }

    @Test
    void the_dump_of_another_database(PostgresServer server) {
        Database other = server.createDatabase();
        ManifestDocument backup = bench.source(described -> new dev.holdfast.repository.manifest.Manifest.Source(
                described.systemIdentifier(), other.name(), described.serverVersion(), described.serverMajor(), described.lsn(),
                described.timeline(), described.encoding(), described.collate(), described.ctype(), described.localeProvider(),
                described.collationVersion(), described.databaseBytes(), described.owner(), described.extensions(),
                described.preloadLibraries(), described.roles(), described.tablespaces(), described.settings())).backUp(source);
        Verification proof = bench.prove(backup, archive);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings().getFirst().what()).isEqualTo("database");
        assertThat(proof.findings().getFirst().found()).contains(source.name());
    }

    @Test
    void an_archive_that_was_cut_before_it_was_stored() {
        ManifestDocument backup = bench.archive(bytes -> Arrays.copyOf(bytes, bytes.length * 2 / 3)).backUp(source);
        Verification proof = bench.prove(backup, archive);
        assertThat(proof.outcome()).isEqualTo("refuted");
        assertThat(proof.findings().getFirst().what()).isEqualTo("archive");
    }

    @Test
    void a_repository_that_cannot_be_reached_refutes_nothing() throws IOException {
        ManifestDocument backup = bench.backUp(source);
        Files.move(bench.root, bench.root.resolveSibling("unmounted"));
        assertThatThrownBy(() -> bench.prove(backup, archive)).isInstanceOf(HoldfastException.class);
    }

    private static void refuted(Verification proof, String where) {
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("refuted");
        assertThat(proof.findings()).hasSize(1);
        assertThat(proof.findings().getFirst().where()).contains(where);
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        overwrite(file, bytes);
    }

    private static void overwrite(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }
}
