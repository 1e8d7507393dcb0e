package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of objects, in one place ({@code docs/repository-format.md}, "Layout"). */
final class Layout {

    static final String REPOSITORY = "repository.json";
    static final String DATABASES = "db/";

    private static final Pattern ALIAS = Pattern.compile("[a-z0-9-]{1,48}");
    private static final Pattern ATTEMPT = Pattern.compile("\\d{1,6}-[0-9a-f]{8,32}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Layout() {
    }

    static String database(String alias) {
        return DATABASES + checkedAlias(alias) + "/";
    }

    static String backup(String alias, BackupId id) {
        return database(alias) + id + "/";
    }

    static String manifest(String alias, BackupId id) {
        return backup(alias, id) + "manifest.json";
    }

    static String tombstone(String alias, BackupId id) {
        return backup(alias, id) + "tombstone.json";
    }

    static String verifications(String alias, BackupId id) {
        return backup(alias, id) + "verifications/";
    }

    static String verification(String alias, BackupId id, Instant time, String nonce) {
        return verifications(alias, id) + TIME.format(time) + "-" + nonce + ".json";
    }

    /** Whether the key is a data object of this backup: directly inside one of its attempt folders. */
    static boolean isData(String alias, BackupId id, String key) {
        String folder = backup(alias, id);
        if (!key.startsWith(folder)) {
            return false;
        }
        String[] segments = key.substring(folder.length()).split("/", -1);
        return segments.length == 2 && ATTEMPT.matcher(segments[0]).matches()
                && segments[1].matches("[a-z0-9][a-z0-9.]*") && !segments[1].contains("..");
    }

    /** The id that the folder name is, where it is one. */
    static Optional<BackupId> backupId(String segment) {
        try {
            return Optional.of(BackupId.parse(segment));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean isAlias(String text) {
        return ALIAS.matcher(text).matches();
    }

    static String checkedAlias(String alias) {
        if (!isAlias(alias)) {
            throw new RepositoryException(FailureKind.PERMANENT, "bad-alias",
                    "'" + alias + "' is not a database alias", "use 1 to 48 of a-z, 0-9 and '-'");
        }
        return alias;
    }
}
