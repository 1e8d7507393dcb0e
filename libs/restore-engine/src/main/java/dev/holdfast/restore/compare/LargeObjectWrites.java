package dev.holdfast.restore.compare;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The content of large objects: {@code lo_open('oid', …)}, one {@code lowrite(0, …)} per piece, {@code lo_close(0)}. The
 * pieces are hashed as one text, since their size is the program's choice.
 */
final class LargeObjectWrites {

    private static final String OPEN = "SELECT pg_catalog.lo_open('";
    private static final String CREATE = "SELECT pg_catalog.lo_create('";
    private static final String WRITE = "SELECT pg_catalog.lowrite(0, ";
    private static final String CLOSE = "SELECT pg_catalog.lo_close(0)";

    private final LargeObjects objects;
    private MessageDigest content;
    private long oid = -1;

    LargeObjectWrites(LargeObjects objects) {
        this.objects = objects;
    }

    void statement(StatementText text) throws DamagedScript {
        if (!text.whole()) {
            throw new DamagedScript("a piece of a large object is longer than any dump program writes");
        }
        if (text.startsWith(OPEN)) {
            String sql = text.text();
            oid = number(sql.substring(OPEN.length(), Math.max(OPEN.length(), sql.indexOf('\'', OPEN.length()))));
            content = Sha256.start();
        } else if (text.startsWith(WRITE) && content != null) {
            content.update(bare(text.text()).getBytes(StandardCharsets.UTF_8));
        } else if (text.startsWith(CLOSE) && content != null) {
            objects.add(oid, content.digest());
            content = null;
        } else if (!text.startsWith("BEGIN") && !text.startsWith("COMMIT") && !text.startsWith(CREATE)) {
            throw new DamagedScript("unexpected statement among the large objects");
        }
    }

    private static long number(String text) throws DamagedScript {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new DamagedScript("a large object whose number is none");
        }
    }

    /** The hex digits or escaped text between the quotes; an {@code \x} before every piece is left out. */
    private static String bare(String write) throws DamagedScript {
        int open = write.indexOf('\'');
        int close = write.lastIndexOf('\'');
        if (close <= open) {
            throw new DamagedScript("a piece of a large object breaks off");
        }
        String text = write.substring(open + 1, close);
        if (text.startsWith("\\\\x")) {
            return text.substring(3);
        }
        return text.startsWith("\\x") ? text.substring(2) : text;
    }
}
