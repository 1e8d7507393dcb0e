package dev.holdfast.service.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** With no file the classic variables describe one database: daily at 02:00, kept 30 days. */
final class ClassicVariables {

    private static final Found NAMED = Found.inVariable("DB_NAME", "");

    private ClassicVariables() {
    }

    static boolean present(Map<String, String> environment) {
        return environment.containsKey("DB_NAME");
    }

    /** The values that a file would have held. */
    static Map<String, Found> read(Map<String, String> environment, List<ConfigProblem> problems) {
        Map<String, Found> values = new LinkedHashMap<>();
        String database = "databases." + Names.from(environment.get("DB_NAME"));
        values.put(database, NAMED);
        take(environment, "DB_NAME", database + ".database", "", values);
        take(environment, "DB_USER", database + ".user", "postgres", values);
        take(environment, "DB_HOST", database + ".host", "localhost", values);
        take(environment, "DB_PORT", database + ".port", "5432", values);
        if (environment.containsKey("DB_PASSWORD")) {
            values.put(database + ".password.env", Found.inVariable("DB_PASSWORD", "DB_PASSWORD"));
        }
        values.put(database + ".schedule", Found.inVariable("", "0 2 * * *"));
        retention(environment, database, values, problems);
        repositories(environment, values);
        if (environment.containsKey("BACKUP_RECIPIENT")) {
            take(environment, "BACKUP_RECIPIENT", database + ".encryption.recipients[0]", "", values);
        } else {
            values.put(database + ".encryption", Found.inVariable("", "none"));
        }
        if (environment.containsKey("BACKUP_NOTIFICATION_WEBHOOK")) {
            webhook(environment, values);
        }
        return values;
    }

    private static void retention(Map<String, String> environment, String database, Map<String, Found> values,
            List<ConfigProblem> problems) {
        String days = environment.getOrDefault("RETENTION_DAYS", "30");
        if (days.matches("[1-9]\\d{0,4}")) {
            values.put(database + ".keep.age", Found.inVariable("RETENTION_DAYS", days + "d"));
        } else {
            problems.add(new ConfigProblem("RETENTION_DAYS", 0, "'" + days + "' is no number of days",
                    "a number from 1 to 99999"));
        }
    }

    private static void repositories(Map<String, String> environment, Map<String, Found> values) {
        if (environment.containsKey("BACKUP_DIR") || !environment.containsKey("S3_BUCKET")) {
            values.put("repositories.local.type", Found.inVariable("", "file"));
            take(environment, "BACKUP_DIR", "repositories.local.path", "/var/backups/holdfast", values);
        }
        if (environment.containsKey("S3_BUCKET")) {
            values.put("repositories.s3.type", Found.inVariable("", "s3"));
            take(environment, "S3_BUCKET", "repositories.s3.bucket", "", values);
            take(environment, "AWS_REGION", "repositories.s3.region", "us-east-1", values);
        }
    }

    /** Deliveries are always signed: the key comes from a variable of its own. */
    private static void webhook(Map<String, String> environment, Map<String, Found> values) {
        take(environment, "BACKUP_NOTIFICATION_WEBHOOK", "subscriptions.classic.url", "", values);
        values.put("subscriptions.classic.secret.env",
                Found.inVariable("BACKUP_NOTIFICATION_SECRET", "BACKUP_NOTIFICATION_SECRET"));
        values.put("subscriptions.classic.events[0]", Found.inVariable("", "backup.*"));
        values.put("subscriptions.classic.events[1]", Found.inVariable("", "alert.*"));
    }

    private static void take(Map<String, String> environment, String variable, String path, String otherwise,
            Map<String, Found> values) {
        values.put(path, Found.inVariable(variable, environment.getOrDefault(variable, otherwise)));
    }
}
