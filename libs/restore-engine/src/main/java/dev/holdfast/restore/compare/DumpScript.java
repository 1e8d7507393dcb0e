package dev.holdfast.restore.compare;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;

/**
 * Reads the script that {@code pg_restore --create --file=-} makes of an archive, or {@code pg_dump --create} of a
 * database, and reduces it to a {@link Fingerprint} in one pass and bounded memory, however long a row or a statement is.
 *
 * <p>What is left out or reordered, and why:
 * <ul>
 * <li>comments, the programs' versions, psql's commands ({@code \connect}; {@code \restrict} carries a random token) and
 *     what stands before the first header: they belong to the run, not to the database;
 * <li>{@code SET default_tablespace} and {@code SET default_table_access_method} stand wherever the previous object left
 *     another one, and are counted to the tables and indexes they hold for;
 * <li>grants on one object are a set: each with its grantor, in no order;
 * <li>the elements of a CREATE TABLE … INHERITS are a set: merged columns come in another order after a restore;
 * <li>rows are a multiset, with columns taken by name (see {@link CopyRows});
 * <li>order of sections.
 * </ul>
 */
public final class DumpScript {

    private static final int WINDOW = 1 << 20;
    /** A statement longer than this is hashed as it stands, without looking into it. */
    private static final int KEEP = 8 << 20;

    private final SqlScanner scanner;
    private final Fingerprint result = new Fingerprint();
    private Section section = new Section(null, "");
    private String accessMethod = "";
    private String tablespace = "";
    private final LargeObjectWrites writes = new LargeObjectWrites(result.largeObjects());

    private DumpScript(InputStream script) {
        this.scanner = new SqlScanner(new ScriptInput(script, WINDOW), KEEP);
    }

    /**
     * Reads to the end; the caller closes the stream.
     *
     * @throws DamagedScript where the script breaks off inside a section's data
     */
    public static Fingerprint read(InputStream script) throws IOException {
        return new DumpScript(script).read();
    }

    private Fingerprint read() throws IOException {
        while (true) {
            switch (scanner.next()) {
                case COMMENT -> comment();
                case META -> { }
                case STATEMENT -> statement(scanner.text());
                case END -> {
                    section.finish();
                    return result;
                }
            }
        }
    }

    private void comment() {
        if (scanner.text().whole() && scanner.text().text().equals(END)) {
            result.ended(true);
        }
        SectionHeader.parse(scanner.text().whole() ? scanner.text().text() : "").ifPresent(header -> {
            section.finish();
            result.ended(false);
            section = new Section(header, storage(header.type()));
            if ("DATABASE".equals(header.type())) {
                result.databaseName(header.name());
            }
            if ("MATERIALIZED VIEW".equals(header.type())) {
                result.materializedView(header.where());
            }
            if (header.data() && "TABLE DATA".equals(header.type())) {
                result.rows(header.where());
            }
        });
    }

    private String storage(String type) {
        return switch (type) {
            case "TABLE", "MATERIALIZED VIEW" -> tablespace + accessMethod;
            case "INDEX", "CONSTRAINT" -> tablespace;
            case String other -> "";
        };
    }

    private void statement(StatementText text) throws IOException {
        if (text.startsWith("SET ") && session(text.text())) {
            return;
        }
        if (section.header == null) {
            return;
        }
        if (section.header.data() && "TABLE DATA".equals(section.header.type()) && text.startsWith("COPY ")) {
            rows(text.text());
        } else if (section.isLargeObjectContent()) {
            writes.statement(text);
        } else if (section.header.data()) {
            throw new DamagedScript("unexpected statement in the data of " + section.header.where());
        } else {
            section.add(text);
        }
    }

    /** Whether it was one of the settings that hold for what follows rather than for this section. */
    private boolean session(String text) {
        if (text.startsWith("SET standard_conforming_strings = ")) {
            scanner.backslashEscapes(text.endsWith("off"));
        } else if (section.header == null && text.startsWith(ENCODING) && text.endsWith("'")) {
            result.encoding(text.substring(ENCODING.length(), text.length() - 1));
        } else if (text.startsWith("SET default_table_access_method")) {
            accessMethod = text;
        } else if (text.startsWith("SET default_tablespace")) {
            tablespace = text.endsWith("= ''") ? "" : text;
        } else {
            return section.header == null || section.isSessionStart(text);
        }
        return true;
    }

    private void rows(String copy) throws IOException {
        SqlNames names = new SqlNames(copy, "COPY ".length());
        names.qualified();
        List<String> columns = names.listInParentheses();
        if (!names.word("FROM stdin")) {
            throw new DamagedScript("unexpected COPY in the data of " + section.header.where());
        }
        ScriptInput input = scanner.input();
        for (int c = input.take(); c != '\n'; c = input.take()) {
            if (c < 0) {
                throw new DamagedScript("the script ends before the rows of " + section.header.where());
            }
        }
        new CopyRows(input, columns).readInto(result.rows(section.header.where()));
    }

    /** The statements under one header. */
    private final class Section {

        private final SectionHeader header;
        private final MessageDigest ordered = Sha256.start();
        private final MultisetHash unordered = new MultisetHash();
        private final boolean isGrants;
        private String grantor = "";
        private int statements;

        Section(SectionHeader header, String storage) {
            this.header = header;
            this.isGrants = header != null && header.type().endsWith("ACL");
            ordered.update(Sha256.of(storage));
        }

        boolean isLargeObjectContent() {
            return header.data() && header.type().startsWith("BLOB");
        }

        /** After a {@code \connect} the preamble comes again, inside the section of the database. */
        boolean isSessionStart(String text) {
            return header.type().startsWith("DATABASE") && PREAMBLE.stream().anyMatch(text::startsWith);
        }

        void add(StatementText text) {
            statements++;
            String whole = text.whole() ? text.text() : "";
            if (header.type().startsWith("DATABASE") && whole.startsWith(SEARCH_PATH)) {
                return;
            }
            if (isGrants) {
                grant(text, whole);
            } else if (header.type().equals("TABLE") && whole.contains("\nINHERITS (")) {
                ordered.update(TableElements.hash(whole));
            } else {
                ordered.update(text.sha256());
            }
            if (header.type().equals("TABLE ATTACH") && !whole.isEmpty()) {
                attach(whole);
            }
        }

        private void grant(StatementText text, String whole) {
            if (whole.startsWith("SET SESSION AUTHORIZATION")) {
                grantor = whole;
            } else if (whole.startsWith("RESET SESSION AUTHORIZATION")) {
                grantor = "";
            } else {
                unordered.add(Sha256.of(grantor + java.util.HexFormat.of().formatHex(text.sha256())));
            }
        }

        private void attach(String sql) {
            SqlNames names = new SqlNames(sql, 0);
            if (names.word("ALTER TABLE")) {
                names.word("ONLY");
                String parent = names.qualified();
                if (names.word("ATTACH PARTITION")) {
                    result.partition(names.qualified(), parent);
                }
            }
        }

        void finish() {
            if (header == null || statements == 0 || header.data()) {
                return;
            }
            if (header.type().equals("BLOB") || header.type().equals("BLOB METADATA")) {
                largeObjectDefinition();
                return;
            }
            ordered.update(Sha256.of(header.owner()));
            if (isGrants) {
                ordered.update(Sha256.of(unordered.count() + " " + unordered.hex()));
            }
            ObjectName name = new ObjectName(header.type(), header.schema(), header.name());
            result.definitions(name).add(ordered.digest());
            result.statements(name, statements);
        }

        private void largeObjectDefinition() {
            ordered.update(Sha256.of(header.owner()));
            result.largeObjects().define(header.name(), ordered.digest());
        }
    }

    /** The dump programs' last line: what is read up to it was read as it was meant. */
    private static final String END = "-- PostgreSQL database dump complete";
    private static final String ENCODING = "SET client_encoding = '";
    private static final String SEARCH_PATH = "SELECT pg_catalog.set_config('search_path'";

    private static final List<String> PREAMBLE = List.of("SET statement_timeout", "SET lock_timeout",
            "SET idle_in_transaction_session_timeout", "SET transaction_timeout", "SET client_encoding",
            "SET check_function_bodies", "SET xmloption", "SET client_min_messages", "SET row_security");
}
