package dev.holdfast.postgres.program;

import java.util.List;
import java.util.regex.Pattern;

/** What stands before a program's own argv: the commands that give up privileges and then execute the rest. */
public record Enclosure(List<String> prefix) {

    public static final Enclosure NONE = new Enclosure(List.of());

    /** With it ends a script of the prefix that could not do its part; no program of PostgreSQL does. */
    public static final int REFUSED = 117;

    private static final Pattern PREFIX_SPEAKS = Pattern.compile("(unshare|chroot|setpriv|mount): .*", Pattern.DOTALL);

    public Enclosure {
        prefix = List.copyOf(prefix);
    }

    /**
     * Whether it was the prefix that ended, so that the program never ran: what keeps a wall from being built (no memory, no
     * process, no space) says nothing of what the program would have read. A program that forges this gains an attempt that
     * says nothing, and no success.
     */
    boolean refused(int exit, String messages) {
        return !prefix.isEmpty() && (exit == REFUSED || exit != 0 && PREFIX_SPEAKS.matcher(messages).matches());
    }
}
