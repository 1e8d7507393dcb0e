package dev.holdfast.verifier.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.repository.ManifestDocument;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.manifest.Verification;
import dev.holdfast.testkit.NeedsNamespaces;
import dev.holdfast.testkit.PostgresExtension;
import dev.holdfast.testkit.PostgresServer;
import dev.holdfast.testkit.PostgresServer.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What this machine can't prove is not called bad. The extension and the locale are renamed in the archive, to names of
 * the same length that no machine has: everything else about these backups is real.
 */
@ExtendWith(PostgresExtension.class)
@ExtendWith(NeedsNamespaces.class)
class UnprovableBackupsIT {

    @TempDir
    Path folder;

    @Test
    void an_extension_whose_library_is_not_installed(PostgresServer server, Database database) {
        database.exec("CREATE EXTENSION hstore; CREATE TABLE t (h hstore); INSERT INTO t VALUES ('a=>1')");
        unproven(new Bench(folder, server).archive(bytes -> renamed(bytes, "hstore", "hztore")).prove(database), "library");
    }

    @Test
    void a_function_whose_library_is_not_installed(PostgresServer server, Database database) {
        database.exec("CREATE FUNCTION sum(int4[], int4) RETURNS int4[] AS '$libdir/_int', 'intset_union_elem' LANGUAGE c");
        unproven(new Bench(folder, server).archive(bytes -> renamed(bytes, "$libdir/_int", "$libdir/_jnt")).prove(database), "library");
    }

    @Test
    void a_locale_that_is_not_installed(PostgresServer server) {
        server.database("postgres").exec("CREATE DATABASE far TEMPLATE template0 LOCALE 'C.UTF-8'");
        unproven(new Bench(folder, server).archive(bytes -> renamed(bytes, "C.UTF-8", "xx_UTF8")).prove(server.database("far")), "locale");
    }

    @Test
    void a_major_that_is_not_installed(PostgresServer server, Database database) {
        unproven(new Bench(folder, server).source(source -> described(source, 99, source.databaseBytes())).prove(database), "major");
    }

    /** Restoring into the newer server succeeds, and is a migration: nobody knows of it whether the older one would load it. */
    @Test
    void a_dump_by_programs_newer_than_its_server(PostgresServer server, Database database) {
        Verification proof = new Bench(folder, server).source(source -> described(source, source.serverMajor() - 1, source.databaseBytes()))
                .prove(database);
        unproven(proof, "major");
        assertThat(proof.detail()).contains("install PostgreSQL " + (server.major() - 1) + "'s client programs");
        assertThat(proof.level()).isEqualTo("archive");
    }

    @Test
    void a_disk_that_is_too_small(PostgresServer server, Database database) {
        Bench bench = new Bench(folder, server).source(source -> described(source, source.serverMajor(), 1L << 60));
        ManifestDocument backup = bench.backUp(database);
        Verification proof = bench.prove(backup);
        unproven(proof, "disk");
        assertThat(proof.level()).isEqualTo("archive");
        assertThat(bench.prove(backup, new ProofOrder(Level.ARCHIVE, List.of())).outcome()).isEqualTo("verified");
    }

    private static void unproven(Verification proof, String reason) {
        assertThat(proof.outcome()).as(proof.toString()).isEqualTo("unproven");
        assertThat(proof.reason()).isEqualTo(reason);
        assertThat(proof.findings()).isEmpty();
    }

    private static Manifest.Source described(Manifest.Source source, int major, long bytes) {
        return new Manifest.Source(source.systemIdentifier(), source.databaseName(), source.serverVersion(), major, source.lsn(),
                source.timeline(), source.encoding(), source.collate(), source.ctype(), source.localeProvider(),
                source.collationVersion(), bytes, source.owner(), source.extensions(), source.preloadLibraries(),
                source.roles(), source.tablespaces(), source.settings());
    }

    /** Names of one length keep every length that the archive states. */
    private static byte[] renamed(byte[] archive, String from, String to) {
        assertThat(to).hasSameSizeAs(from);
        String text = new String(archive, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }
}
