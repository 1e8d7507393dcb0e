package dev.holdfast.postgres.scratch;

import java.util.Map;
import java.util.TreeMap;

/**
 * Settings that a database may carry ({@code ALTER DATABASE … SET}) and that would keep its own archive from being
 * restored, or sessions from working in it. What a client asks for at its start outranks them (manual, "Setting
 * Parameters"). Settings that pg_dump and pg_restore make themselves (search_path, DateStyle, row_security …) are not here.
 */
final class SessionSettings {

    private static final int FIRST_WITH_IDLE_SESSION = 14;
    private static final int FIRST_WITH_TRANSACTION_TIMEOUT = 17;

    private SessionSettings() {
    }

    static Map<String, String> undisturbed(int major) {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "default_transaction_read_only", "off", "default_transaction_deferrable", "off",
                "default_transaction_isolation", "read committed", "statement_timeout", "0", "lock_timeout", "0",
                "idle_in_transaction_session_timeout", "0", "session_replication_role", "origin", "role", "none"));
        // How the text of values and of definitions is read.
        settings.putAll(Map.of("array_nulls", "on", "transform_null_equals", "off", "intervalstyle", "postgres"));
        // What is read of the server's errors.
        settings.putAll(Map.of("log_min_messages", "error", "log_error_verbosity", "verbose"));
        // Libraries of the source's machine, which would refuse every session where they are not installed.
        settings.putAll(Map.of("session_preload_libraries", "", "local_preload_libraries", ""));
        if (major >= FIRST_WITH_IDLE_SESSION) {
            settings.put("idle_session_timeout", "0");
        }
        if (major >= FIRST_WITH_TRANSACTION_TIMEOUT) {
            settings.put("transaction_timeout", "0");
        }
        return settings;
    }
}
