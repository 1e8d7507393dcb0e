package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** What an operating system's refusal means to the operator. */
final class FileFailures {

    private FileFailures() {
    }

    static StoreException of(String doing, Path file, IOException e) {
        String reason = reason(e);
        if (e instanceof AccessDeniedException || reason.contains("permission denied")
                || reason.contains("operation not permitted")) {
            return denied(doing, file, e);
        }
        if (reason.contains("no space left") || reason.contains("quota exceeded")) {
            return new StoreException(FailureKind.PERMANENT, "disk-full", doing + " " + file + ": " + reason,
                    "free space or enlarge the file system; nothing incomplete was left", e);
        }
        if (reason.contains("read-only file system")) {
            return new StoreException(FailureKind.PERMANENT, "store-read-only", doing + " " + file + ": " + reason,
                    "mount the file system writable", e);
        }
        return new StoreException(FailureKind.RETRIABLE, "store-failed", doing + " " + file + ": " + e,
                "check the file system and the system log", e);
    }

    static StoreException denied(String doing, Path file, IOException e) {
        return new StoreException(FailureKind.PERMANENT, "store-denied",
                doing + " " + file + " is not permitted to user '" + System.getProperty("user.name") + "'",
                "let the service's user read and write the folder", e);
    }

    static StoreException missing(Path file) {
        return new StoreException(FailureKind.PERMANENT, "object-missing", "reading " + file + ": there is no such file",
                "use another copy of this backup", null);
    }

    static StoreException exists(Path file, IOException e) {
        return new StoreException(FailureKind.PERMANENT, "object-exists",
                "creating " + file + ": it exists already, and stored objects are never replaced",
                "nothing, if another run made it; else find out what wrote there", e);
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException refused && refused.getReason() != null
                ? refused.getReason() : String.valueOf(e.getMessage());
        return reason.toLowerCase(Locale.ROOT);
    }
}
