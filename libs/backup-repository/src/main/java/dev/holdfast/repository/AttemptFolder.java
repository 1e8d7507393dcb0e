package dev.holdfast.repository;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Where one attempt writes, the same in every repository. The nonce fences: an attempt that was given up and comes back
 * writes into its own folder, which no manifest names.
 *
 * @param alias   the database
 * @param id      the backup
 * @param attempt counted from 1
 * @param nonce   8 to 32 hexadecimal digits, minted by each claim
 */
public record AttemptFolder(String alias, BackupId id, int attempt, String nonce) {

    private static final SecureRandom RANDOM = new SecureRandom();

    public AttemptFolder {
        Layout.checkedAlias(alias);
        Objects.requireNonNull(id, "id");
        if (attempt < 1 || attempt > 999_999 || !nonce.matches("[0-9a-f]{8,32}")) {
            throw new IllegalArgumentException("not an attempt: " + attempt + "-" + nonce);
        }
    }

    /** A fresh 64-bit nonce. */
    public static String newNonce() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The key prefix, ending in a slash. */
    public String prefix() {
        return Layout.backup(alias, id) + attempt + "-" + nonce + "/";
    }

    /**
     * The key of one part of the dump.
     *
     * @param part       counted from 0
     * @param zstdAround whether the pipeline compressed the stream (tools before 16 can't do it inside)
     */
    public String data(int part, boolean zstdAround, boolean encrypted) {
        if (part < 0 || part > 999) {
            throw new IllegalArgumentException("part " + part + " is not within 000 to 999");
        }
        return prefix() + "data.dump" + (zstdAround ? ".zst" : "") + "." + "%03d".formatted(part)
                + (encrypted ? ".gpg" : "");
    }

    /** The key of the roles and grants: always zstd, always one object. */
    public String globals(boolean encrypted) {
        return prefix() + "globals.sql.zst" + (encrypted ? ".gpg" : "");
    }
}
