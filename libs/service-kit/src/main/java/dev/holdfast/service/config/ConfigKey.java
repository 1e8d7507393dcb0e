package dev.holdfast.service.config;

import java.util.Locale;

/**
 * One documented key.
 *
 * @param path         with {@code <alias>} or {@code <name>} for a name and {@code []} for a list's entry
 * @param defaultValue as one would write it; empty where there is none
 * @param accepted     what may be written, for the error message and the documentation
 */
public record ConfigKey(String path, ValueType type, String defaultValue, String accepted, String meaning) {

    /** How a value is written. */
    public enum ValueType { TEXT, NUMBER, SWITCH, CHOICE, DURATION, SIZE, PATH, URL, CRON, ZONE, SECRET, SECRET_URL, TEXTS, PATHS, PROPERTIES }

    /** {@code HOLDFAST_DATABASES_<ALIAS>_HOST}: dots become underscores, dashes go; lists append {@code _0}, {@code _1} … */
    public String environmentName() {
        String name = path.replace(".", "_").replace("-", "").replace("[]", "_0").toUpperCase(Locale.ROOT);
        return "HOLDFAST_" + name + switch (type) {
            case SECRET -> "_ENV, …_FILE, …_TREE";
            case SECRET_URL -> ", …_ENV, …_FILE, …_TREE";
            case TEXTS, PATHS -> "_0";
            case PROPERTIES -> "_<NAME>";
            case TEXT, NUMBER, SWITCH, CHOICE, DURATION, SIZE, PATH, URL, CRON, ZONE -> "";
        };
    }

    /** Whether {@code env}, {@code file} and {@code tree} may stand below it. */
    boolean takesReference() {
        return type == ValueType.SECRET || type == ValueType.SECRET_URL;
    }

    boolean isList() {
        return type == ValueType.TEXTS || type == ValueType.PATHS;
    }
}
