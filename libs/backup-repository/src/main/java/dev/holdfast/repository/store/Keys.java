package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

/** What a key may be, in every store alike: a key that is harmless on S3 must not climb out of a folder. */
final class Keys {

    /** S3 takes 1,024 bytes with its prefix; file systems 255 per segment. */
    private static final int MAX_LENGTH = 900;
    private static final int MAX_SEGMENT = 200;

    private Keys() {
    }

    /** @throws StoreException code {@code bad-key}, a bug: our names are all of {@code Layout} */
    static String checked(String key) {
        if (key.isEmpty() || key.length() > MAX_LENGTH || key.indexOf('\\') >= 0
                || key.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw bad(key);
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || segment.length() > MAX_SEGMENT
                    || segment.startsWith(FileStore.TEMPORARY)) {
                throw bad(key);
            }
        }
        return key;
    }

    private static StoreException bad(String key) {
        String shown = key.length() > 80 ? key.substring(0, 80) + "..." : key;
        return new StoreException(FailureKind.BUG, "bad-key", "'" + shown.replaceAll("\\p{Cntrl}", "?")
                + "' is not an object key: no empty, '.' or '..' segment, backslash or control character",
                "report this; nothing was touched", null);
    }
}
