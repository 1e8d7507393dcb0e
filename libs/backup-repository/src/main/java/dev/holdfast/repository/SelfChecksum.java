package dev.holdfast.repository;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last field of a document, {@code selfSha256}: the SHA-256 of the document's bytes with that field's own 64 digits
 * as zeros. It finds what no other rule would, a damaged name or version in a document that is still valid JSON. It
 * proves nothing of who wrote the document: whoever changes it can compute the checksum anew.
 */
final class SelfChecksum {

    /** What is found where the field is absent or not in its form. */
    static final String NONE = "none";

    private static final String FIELD = ",\n  \"selfSha256\" : \"";
    private static final String END = "\n}\n";
    private static final String ZEROS = "0".repeat(64);
    private static final Pattern TAIL = Pattern.compile(Pattern.quote(FIELD) + "([0-9a-f]{64})\"" + Pattern.quote(END));
    private static final int TAIL_BYTES = FIELD.length() + 65 + END.length();

    private SelfChecksum() {
    }

    /** What the document promises of itself, and what it is. */
    record Difference(String expected, String found) {
    }

    /** Adds the field to an object in the form of {@link dev.holdfast.repository.manifest.ManifestJson}. */
    static byte[] seal(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8);
        if (!text.endsWith(END)) {
            throw new IllegalArgumentException("not a JSON object on lines of its own");
        }
        String open = text.substring(0, text.length() - END.length()) + FIELD;
        return bytes(open + Sha256.of(bytes(open + ZEROS + '"' + END)) + '"' + END);
    }

    /** Empty where the bytes are those that were sealed. */
    static Optional<Difference> difference(byte[] bytes) {
        int start = bytes.length - TAIL_BYTES;
        Matcher tail = TAIL.matcher(start < 0 ? "" : new String(bytes, start, TAIL_BYTES, StandardCharsets.ISO_8859_1));
        if (!tail.matches()) {
            return Optional.of(new Difference("selfSha256 as the last field", NONE));
        }
        byte[] zeroed = bytes.clone();
        int digits = start + FIELD.length();
        Arrays.fill(zeroed, digits, digits + ZEROS.length(), (byte) '0');
        String found = Sha256.of(zeroed);
        return found.equals(tail.group(1)) ? Optional.empty()
                : Optional.of(new Difference("selfSha256 " + tail.group(1), found));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
